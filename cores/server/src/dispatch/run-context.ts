/** Runs the members of a context concurrently and bundles their results into one body. */

import { type ArtifactParam, MizanError } from '@mizan/protocol'
import { tagsOfInstance } from '../cache/index.ts'
import { principalKey } from '../identity/index.ts'
import type { ContextEntry, Entry } from '../registry.ts'
import { type Exchange, type Leaving, narrower, type Visibility } from '../scope.ts'
import {
  type Arguments,
  canonicalTexts,
  readArguments,
  readDeclared,
  type Texts,
} from './arguments.ts'
import type { Engine } from './engine.ts'
import { guard } from './guard.ts'
import { toPublicError, withDetails } from './public-error.ts'
import { runFunction } from './run-function.ts'
import { fromDataTag, isDataTag, toDataTag } from './data-tag.ts'

/** Params of a context as they were sent. */
export interface ContextParams {
  /** JSON values by wire name. */
  readonly values: Readonly<Record<string, unknown>>
  /** As they stood in the URL, to be compared with the canonical ones. */
  readonly texts: Texts
}

/** One read of a context. */
export interface ContextRead {
  readonly context: ContextEntry
  /** Called once every guard has admitted the caller: what is wrong with params is nobody else's business. */
  readonly readParams: () => ContextParams | Promise<ContextParams>
  readonly exchange: Exchange
  readonly client: Leaving
}

/** The bundle, and who may keep it. */
export interface Bundle {
  /** JSON with sorted keys. */
  readonly body: string
  readonly visibility: Visibility
  /** Tags of the instance: what targets invalidate. */
  readonly tags: readonly string[]
  /** Data tags that it was read from: what observed writes invalidate. */
  readonly dataTags: readonly string[]
  /** Seconds that are left to keep it; `false` when a member forbids caching. */
  readonly ttl: number | false
}

/**
 * Guards, validates, looks into the cache, runs.
 *
 * @throws MizanError of a failing member, with its name in `details.fn`
 */
export async function runContext(engine: Engine, read: ContextRead): Promise<Bundle> {
  const { context, exchange, client } = read
  const { rules, params } = context
  if (rules.guarded) await guardMembers(engine, read)
  const reading = read.readParams()
  const sent = reading instanceof Promise ? await reading : reading
  const checking = readMembers(context.members, sent.values)
  const members = checking instanceof Promise ? await checking : checking
  const texts = textsOf(engine, { params, sent: sent.texts }, members)
  const tags = tagsOfInstance(context.name, texts, context.paramNames)
  if (engine.cache === undefined || rules.ttl === false) {
    const { body, visibility, dataTags } = await computeBundle(engine, read, members)
    return {
      body,
      visibility: narrower(visibility, rules.widest),
      tags,
      dataTags: dataTags.map(fromDataTag),
      ttl: rules.ttl,
    }
  }
  const { principal } = exchange
  const key = principal === undefined ? undefined : principalKey(principal)
  const found = await engine.cache.run(
    {
      context: context.name,
      params: texts,
      rev: rules.rev,
      artifact: engine.registry.artifact.digest,
      ttl: rules.ttl,
      staleFor: rules.staleFor,
      user: principal?.id ?? null,
      ...(key === undefined ? {} : { principalKey: key }),
      privateOnly: rules.widest === 'private',
      tags,
    },
    (signal) => computeBundle(engine, { ...read, client: { signal } }, members),
    client.signal,
  )
  return {
    body: found.body,
    // Who is told outside this process may keep no more than the cache here does.
    visibility: narrower(found.visibility, rules.widest),
    tags,
    dataTags: found.tags.filter(isDataTag).map(fromDataTag),
    ttl: found.ttl,
  }
}

async function guardMembers(engine: Engine, { context, exchange }: ContextRead): Promise<void> {
  const { principal, request } = exchange
  await Promise.all(
    context.members.map(async (entry) => {
      try {
        await guard(entry, principal, request)
      } catch (error) {
        throw withName(engine, entry, error)
      }
    }),
  )
}

interface Member {
  readonly entry: Entry
  readonly args: Arguments
}

function readMembers(
  entries: readonly Entry[],
  values: ContextParams['values'],
): readonly Member[] | Promise<readonly Member[]> {
  const takesTime = entries.some(({ options }) => options.input !== undefined)
  if (takesTime) {
    return Promise.all(
      entries.map(async (entry) => ({ entry, args: await readArguments(entry, values) })),
    )
  }
  return entries.map((entry) => ({ entry, args: readDeclared(entry, values) }))
}

interface Computed {
  readonly body: string
  readonly visibility: Visibility
  readonly dataTags: readonly string[]
}

async function computeBundle(
  engine: Engine,
  read: ContextRead,
  members: readonly Member[],
): Promise<Computed> {
  const results = await Promise.all(members.map((member) => runMember(engine, read, member)))
  return {
    body: `{${results.map((result) => `${JSON.stringify(result.name)}:${result.json}`).join(',')}}`,
    visibility: results.reduce<Visibility>(
      (all, result) => narrower(all, result.visibility),
      'public',
    ),
    dataTags: [...new Set(results.flatMap((result) => result.dataTags))].sort(),
  }
}

interface MemberResult {
  readonly name: string
  readonly json: string
  readonly visibility: Visibility
  readonly dataTags: readonly string[]
}

async function runMember(
  engine: Engine,
  read: ContextRead,
  { entry, args }: Member,
): Promise<MemberResult> {
  const { scope, value } = runFunction(engine, {
    entry,
    values: args.values,
    exchange: read.exchange,
    kind: 'context',
    client: read.client,
  })
  try {
    return {
      name: entry.name,
      json: JSON.stringify(entry.result.encode(await value)) ?? 'null',
      // A function may have cut its work short when the client left: half a result is for nobody else.
      visibility: scope.isCut ? 'unstorable' : scope.visibility,
      dataTags: Array.from(scope.reads, toDataTag),
    }
  } catch (error) {
    throw withName(engine, entry, error)
  }
}

/** The context's canonical texts; `BAD_REQUEST` when the URL spelt one of them differently. */
function textsOf(
  engine: Engine,
  { params, sent }: { readonly params: readonly ArtifactParam[]; readonly sent: Texts },
  members: readonly Member[],
): Record<string, string> {
  const { artifact } = engine.registry
  const wire = Object.assign({}, ...members.map((member) => member.args.wire)) as Record<
    string,
    unknown
  > // cast: a union of records
  const texts = canonicalTexts(params, wire, artifact.$defs)
  for (const [name, text] of sent) {
    if (Object.hasOwn(texts, name) && texts[name] !== text) {
      throw new MizanError(
        'BAD_REQUEST',
        `${name} must be spelt "${texts[name]?.slice(0, 40)}", got "${text.slice(0, 40)}"`,
      )
    }
  }
  return texts
}

/** The error with the name of the member that it came from; details that are a list or a scalar stay what they are. */
function withName(engine: Engine, entry: Entry, error: unknown): MizanError {
  const known = toPublicError(error, engine.logger)
  const { details = {} } = known
  const takesName = typeof details === 'object' && details !== null && !Array.isArray(details)
  return takesName ? withDetails(known, { ...details, fn: entry.name }) : known
}
