/** `mizan inspect <name>`: what the compiler knows of a function, a context or a channel. */

import { type Artifact, toWireName } from '@mizan/protocol'
import type { Command } from '../command.ts'
import { exitCodes, ProjectFailure } from '../failure.ts'
import { describeChannel, describeContext, describeFunction } from '../inspect/describe.ts'
import { loadConfig } from '../load-config.ts'
import { readArtifact } from '../read-artifact.ts'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Show what is known of a function, a context or a channel',
  usage: '<name>',
  positionals: ['name'],
  options: {},
  async run({ folder, positionals, answer }) {
    const artifact = await readArtifact(await loadConfig(folder))
    const [asked = ''] = positionals
    const wire = toWireName(asked) ?? asked
    const found = find(wire, artifact)
    if (found.length === 0) throw new ProjectFailure(unknownName(asked, artifact))
    const result = Object.fromEntries(found.map(({ entry }) => [wire, entry]).reverse())
    answer({ result, text: found.map(({ text }) => text).join('\n\n') })
    return exitCodes.ok
  },
}

interface Found {
  readonly entry: unknown
  readonly text: string
}

/** A function comes first: a context and a channel may have its name. */
function find(wire: string, artifact: Artifact): Found[] {
  const { functions, contexts, channels = {} } = artifact
  const fn = ownValue(functions, wire)
  const context = ownValue(contexts, wire)
  const channel = ownValue(channels, wire)
  return [
    ...(fn === undefined ? [] : [{ entry: fn, text: describeFunction(wire, fn, artifact) }]),
    ...(context === undefined
      ? []
      : [{ entry: context, text: describeContext(wire, context, artifact) }]),
    ...(channel === undefined ? [] : [{ entry: channel, text: describeChannel(wire, channel) }]),
  ]
}

function ownValue<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}

function unknownName(asked: string, { functions, contexts, channels = {} }: Artifact): string {
  const names = [functions, contexts, channels].flatMap((entries) => Object.keys(entries))
  const start = asked.slice(0, 4).toLowerCase()
  const near = names.filter((name) => name.includes(start))
  const shown = [...new Set(near.length > 0 ? near : names)].slice(0, 8).join(', ')
  const others = names.length === 0 ? 'there are none' : `there is ${shown}`
  return `no function, context or channel is called "${asked.slice(0, 60)}"; ${others}`
}
