/** The channels of one app by name, checked against the artifact at boot. */

import { createHash } from 'node:crypto'
import { type ArtifactChannel, canonicalJson, MizanError } from '@mizan/protocol'
import type { Functions } from '../functions.ts'
import {
  type ArgumentsCodec,
  type Codec,
  createArgumentsCodec,
  createCodec,
} from '../validate/index.ts'
import { type Channel, type ChannelOptions, optionsOf } from './define-channel.ts'

/** One channel, ready to be joined. */
export interface ChannelEntry {
  readonly name: string
  readonly channel: Channel
  readonly facts: ArtifactChannel
  readonly options: ChannelOptions<unknown, unknown>
  readonly arguments: ArgumentsCodec
  readonly params: readonly Codec[]
  readonly message: Codec
}

/** One instance of a channel. */
export interface ChannelInstance {
  readonly entry: ChannelEntry
  /** By TypeScript name, as the channel's own functions take them. */
  readonly params: Readonly<Record<string, unknown>>
  /** The same for equal params in every process. */
  readonly topic: string
}

/** A message on its way to the bus. */
export interface Outgoing {
  readonly entry: ChannelEntry
  readonly topic: string
  readonly text: string
}

/** Channels by wire name; looked up in a Map, never in an object. */
export type ChannelRegistry = ReadonlyMap<string, ChannelEntry>

/** @throws TypeError listing every difference between code and artifact */
export function createChannelRegistry(functions: Functions): ChannelRegistry {
  const { artifact, channels = new Map<string, Channel>() } = functions
  const declared = artifact.channels ?? {}
  const problems: string[] = []
  const entries = new Map<string, ChannelEntry>()
  for (const [name, facts] of Object.entries(declared)) {
    const channel = channels.get(name)
    const options = channel === undefined ? undefined : optionsOf(channel)
    if (channel === undefined || options === undefined)
      problems.push(`channel ${name} (${facts.source}): in the artifact, but not in the code`)
    else {
      entries.set(name, {
        name,
        channel,
        facts,
        options,
        arguments: createArgumentsCodec(facts.params, artifact.$defs),
        params: facts.params.map(({ schema }) => createCodec(schema, artifact.$defs)),
        message: createCodec(facts.message, artifact.$defs),
      })
    }
  }
  for (const name of channels.keys()) {
    if (!Object.hasOwn(declared, name))
      problems.push(`channel ${name}: in the code, but not in the artifact`)
  }
  if (problems.length > 0) {
    throw new TypeError(
      `Mizan cannot start; run mizan generate, or mend the code:\n- ${problems.sort().join('\n- ')}`,
    )
  }
  return entries
}

/**
 * The instance that a client names.
 *
 * @throws MizanError `VALIDATION_FAILED`
 */
export function toChannelInstance(
  entry: ChannelEntry,
  given: Readonly<Record<string, unknown>>,
): ChannelInstance {
  const decoded = entry.arguments.decode(given)
  if (!decoded.ok) {
    throw new MizanError('VALIDATION_FAILED', `${entry.name}: invalid params`, {
      details: decoded.issues,
    })
  }
  // cast: ArgumentsCodec decodes to the list of values
  return instanceOf(entry, decoded.value as readonly unknown[])
}

/**
 * A message from code, for the instance with these params.
 *
 * @throws TypeError for what does not fit the declared types
 */
export function toOutgoing(entry: ChannelEntry, params: unknown, message: unknown): Outgoing {
  const given = (typeof params === 'object' && params !== null ? params : {}) as Record<
    string,
    unknown
  > // cast: checked to be an object
  const wire = entry.facts.params.flatMap(({ name, key }, index): [string, unknown][] => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined
    return value === undefined ? [] : [[name, entry.params[index]?.encode(value)]]
  })
  const decoded = entry.arguments.decode(Object.fromEntries(wire))
  if (!decoded.ok) throw misfit(`${entry.name}.publish: params`, decoded.issues)
  const { topic } = instanceOf(entry, decoded.value as readonly unknown[]) // cast: as above
  return { entry, topic, text: toMessageText(entry, message) }
}

/**
 * The JSON of a message, checked in its wire form.
 *
 * @throws TypeError
 */
export function toMessageText(entry: ChannelEntry, message: unknown): string {
  const json = entry.message.encode(message)
  const text = JSON.stringify(json) ?? 'null'
  const decoded = entry.message.decode(JSON.parse(text))
  if (!decoded.ok) throw misfit(`${entry.name}.publish: message`, decoded.issues)
  return text
}

function instanceOf(entry: ChannelEntry, values: readonly unknown[]): ChannelInstance {
  const named = entry.facts.params.flatMap(({ key, name }, index) =>
    values[index] === undefined
      ? []
      : [{ key, name, value: values[index], wire: entry.params[index]?.encode(values[index]) }],
  )
  const canonical = canonicalJson(Object.fromEntries(named.map(({ name, wire }) => [name, wire])))
  const digest = createHash('sha256').update(canonical).digest('hex').slice(0, 32)
  return {
    entry,
    params: Object.fromEntries(named.map(({ key, value }) => [key, value])),
    topic: `channel:${entry.name.replaceAll('_', '-')}:${digest}`,
  }
}

function misfit(
  what: string,
  issues: readonly { readonly path: string; readonly message: string }[],
): TypeError {
  const [first] = issues
  return new TypeError(`${what} ${[first?.path, first?.message].filter(Boolean).join(' ')}`)
}
