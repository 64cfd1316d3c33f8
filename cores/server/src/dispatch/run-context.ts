/** Runs the members of a context concurrently and bundles their results into one body. */

import { userParams, MizanError } from '@mizan/protocol'
import { tagsOfInstance } from '../cache/index.ts'
import { principalKey } from '../identity/index.ts'
import type { ContextEntry, Entry } from '../registry.ts'
import { type Exchange, narrower, type Visibility } from '../scope.ts'
import { type Arguments, canonicalTexts, readArguments } from './arguments.ts'
import type { Engine } from './engine.ts'
import { guard } from './guard.ts'
import { toPublicError } from './public-error.ts'
import { runFunction } from './run-function.ts'
import { fromDataTag, isDataTag, toDataTag } from './data-tag.ts'

/** A safety net; tags, not time, end an entry's life. Seconds. */
const defaultTtl = 86_400

/** One read of a context. */
export interface ContextRead {
  readonly context: ContextEntry
  /** Params as JSON values by wire name. */
  readonly params: Readonly<Record<string, unknown>>
  /** Texts as they stood in the URL, to be compared with the canonical ones. */
  readonly texts: ReadonlyMap<string, string>
  readonly exchange: Exchange
  readonly signal: AbortSignal
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
  /** Seconds; `false` when a member forbids caching. */
  readonly ttl: number | false
}

/**
 * Guards, validates, looks into the cache, runs.
 *
 * @throws MizanError of a failing member, with its name in `details.fn`
 */
export async function runContext(engine: Engine, read: ContextRead): Promise<Bundle> {
  const { context, exchange } = read
  await Promise.all(
    context.members.map((entry) =>
      named(engine, entry, guard(entry, exchange.principal, exchange.request)),
    ),
  )
  const members = await Promise.all(
    context.members.map(async (entry) => ({
      entry,
      args: await readArguments(entry, read.params),
    })),
  )
  const texts = textsOf(engine, read, members)
  const rules = rulesOf(context)
  const params = engine.registry.artifact.contexts[context.name]?.params ?? []
  const tags = tagsOfInstance(
    context.name,
    texts,
    params.map((param) => param.name),
  )
  const compute = (): Promise<Computed> => computeBundle(engine, read, members)
  if (engine.cache === undefined || rules.ttl === false) {
    const { body, visibility, dataTags } = await compute()
    return { body, visibility, tags, dataTags: dataTags.map(fromDataTag), ttl: rules.ttl }
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
      user: principal?.id ?? null,
      ...(key === undefined ? {} : { principalKey: key }),
      privateOnly: rules.guarded || Object.keys(texts).some((name) => userParams.includes(name)),
      tags,
    },
    compute,
  )
  return {
    body: found.body,
    visibility: found.visibility,
    tags,
    dataTags: found.tags.filter(isDataTag).map(fromDataTag),
    ttl: rules.ttl,
  }
}

interface Member {
  readonly entry: Entry
  readonly args: Arguments
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
    signal: read.signal,
  })
  const result = await named(engine, entry, value)
  return {
    name: entry.name,
    json: JSON.stringify(entry.result.encode(result)) ?? 'null',
    visibility: scope.visibility,
    dataTags: [...scope.reads].map(toDataTag),
  }
}

/** The context's canonical texts; `BAD_REQUEST` when the URL spelt one of them differently. */
function textsOf(
  engine: Engine,
  read: ContextRead,
  members: readonly Member[],
): Record<string, string> {
  const { artifact } = engine.registry
  const params = artifact.contexts[read.context.name]?.params ?? []
  const wire = Object.assign({}, ...members.map((member) => member.args.wire)) as Record<
    string,
    unknown
  > // cast: a union of records
  const texts = canonicalTexts(params, wire, artifact.$defs)
  for (const [name, text] of read.texts) {
    if (Object.hasOwn(texts, name) && texts[name] !== text) {
      throw new MizanError(
        'BAD_REQUEST',
        `${name} must be spelt "${texts[name]?.slice(0, 40)}", got "${text.slice(0, 40)}"`,
      )
    }
  }
  return texts
}

function rulesOf(context: ContextEntry): { rev: number; ttl: number | false; guarded: boolean } {
  const caches = context.members.map((entry) => entry.facts.cache)
  const ttls = caches.flatMap((cache) => (cache && cache.ttl !== undefined ? [cache.ttl] : []))
  return {
    rev: context.members.reduce((sum, entry) => sum + (entry.facts.rev ?? 0), 0),
    ttl: caches.includes(false) ? false : Math.min(defaultTtl, ...ttls),
    guarded: context.members.some((entry) => entry.facts.auth !== undefined),
  }
}

/** Adds the member's name to the error that it caused. */
async function named<T>(engine: Engine, entry: Entry, promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    const known = toPublicError(error, engine.logger)
    const own = typeof known.details === 'object' && known.details !== null ? known.details : {}
    throw new MizanError(known.code, known.message, {
      status: known.status,
      details: { ...own, fn: entry.name },
      cause: error,
      ...(known.id === undefined ? {} : { id: known.id }),
    })
  }
}
