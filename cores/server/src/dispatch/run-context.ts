/** Runs the members of a context concurrently and bundles their results into one body. */

import { type ArtifactParam, MizanError, userParams } from '@mizan/protocol'
import { tagsOfInstance } from '../cache/index.ts'
import { principalKey } from '../identity/index.ts'
import type { ContextEntry, Entry } from '../registry.ts'
import { type Exchange, narrower, type Visibility } from '../scope.ts'
import { type Arguments, canonicalTexts, readArguments, type Texts } from './arguments.ts'
import type { Engine } from './engine.ts'
import { guard } from './guard.ts'
import { toPublicError, withDetails } from './public-error.ts'
import { runFunction } from './run-function.ts'
import { fromDataTag, isDataTag, toDataTag } from './data-tag.ts'

/** A safety net; tags, not time, end an entry's life. Seconds. */
const defaultTtl = 86_400

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
  readonly readParams: () => Promise<ContextParams>
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
  /** Seconds that are left to keep it; `false` when a member forbids caching. */
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
  const sent = await read.readParams()
  const members = await Promise.all(
    context.members.map(async (entry) => ({
      entry,
      args: await readArguments(entry, sent.values),
    })),
  )
  const params = engine.registry.artifact.contexts[context.name]?.params ?? []
  const texts = textsOf(engine, { params, sent: sent.texts }, members)
  const rules = rulesOf(context, params)
  const tags = tagsOfInstance(
    context.name,
    texts,
    params.map((param) => param.name),
  )
  const compute = (signal: AbortSignal): Promise<Computed> =>
    computeBundle(engine, { ...read, signal }, members)
  if (engine.cache === undefined || rules.ttl === false) {
    const { body, visibility, dataTags } = await compute(read.signal)
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
    compute,
    read.signal,
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
      // A function may have cut its work short when the client left: half a result is for nobody else.
      read.signal.aborted ? 'unstorable' : 'public',
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
  const json = value.then((result) => JSON.stringify(entry.result.encode(result)) ?? 'null')
  return {
    name: entry.name,
    json: await named(engine, entry, json),
    visibility: scope.visibility,
    dataTags: [...scope.reads].map(toDataTag),
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

interface Rules {
  readonly rev: number
  readonly ttl: number | false
  readonly staleFor: number
  /** The widest that an answer may be kept: guarded contexts, and those of one user, are never public. */
  readonly widest: Visibility
}

function rulesOf(context: ContextEntry, params: readonly ArtifactParam[]): Rules {
  const guarded = context.members.some((entry) => entry.facts.auth !== undefined)
  const ofOneUser = params.some((param) => userParams.includes(param.name))
  const caches = context.members.map((entry) => entry.facts.cache)
  const hints = caches.flatMap((cache) => cache || [])
  const ttl = Math.min(defaultTtl, ...hints.flatMap((hint) => hint.ttl ?? []))
  return {
    rev: context.members.reduce((sum, entry) => sum + (entry.facts.rev ?? 0), 0),
    ttl: caches.includes(false) || ttl <= 0 ? false : ttl,
    // Who names a time and nothing past it wants nothing past it.
    staleFor: hints.length === 0 ? 0 : Math.min(...hints.map((hint) => hint.staleFor ?? 0)),
    widest: guarded || ofOneUser ? 'private' : 'public',
  }
}

/** Adds the member's name to the error that it caused; details that are a list or a scalar stay what they are. */
async function named<T>(engine: Engine, entry: Entry, promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    const known = toPublicError(error, engine.logger)
    const { details = {} } = known
    const takesName = typeof details === 'object' && details !== null && !Array.isArray(details)
    throw takesName ? withDetails(known, { ...details, fn: entry.name }) : known
  }
}
