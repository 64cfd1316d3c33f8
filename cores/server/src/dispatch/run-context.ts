/** Runs the members of a context concurrently and bundles their results into one body. */

import type { MizanError } from '@mizan/protocol'
import type { ContextCache } from '../cache/index.ts'
import { principalKey } from '../identity/index.ts'
import type { ContextEntry, Entry } from '../registry.ts'
import { type Exchange, type Leaving, narrower, type Visibility } from '../scope.ts'
import { allSoon, andThen, orElse, type Soon, soon } from '../soon.ts'
import type { ContextInstance, Member } from './context-instance.ts'
import type { Engine } from './engine.ts'
import { guard } from './guard.ts'
import { toPublicError, withDetails } from './public-error.ts'
import { runFunction } from './run-function.ts'
import { fromDataTag, isDataTag, toDataTag } from './data-tag.ts'

/** One read of a context. */
export interface ContextRead {
  readonly context: ContextEntry
  /** Called once every guard has admitted the caller: what is wrong with params is nobody else's business. */
  readonly readInstance: () => Soon<ContextInstance>
  readonly exchange: Exchange
  readonly client: Leaving
}

/** The bundle, and who may keep it. */
export interface Bundle {
  /** JSON with sorted keys. */
  readonly body: string
  readonly visibility: Visibility
  readonly instance: ContextInstance
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
export function runContext(engine: Engine, read: ContextRead): Soon<Bundle> {
  const { context } = read
  const { rules } = context
  return andThen(rules.guarded ? guardMembers(engine, read) : undefined, () =>
    andThen(read.readInstance(), (instance) =>
      engine.cache === undefined || rules.ttl === false
        ? andThen(computeBundle(engine, read, instance), ({ body, visibility, dataTags }) => ({
            body,
            visibility: narrower(visibility, rules.widest),
            instance,
            dataTags: dataTags.map(fromDataTag),
            ttl: rules.ttl,
          }))
        : findBundle(engine, engine.cache, read, instance),
    ),
  )
}

/** The same through the cache. */
async function findBundle(
  engine: Engine,
  cache: ContextCache,
  read: ContextRead,
  instance: ContextInstance,
): Promise<Bundle> {
  const { context, exchange, client } = read
  const { rules } = context
  const { principal } = exchange
  const key = principal === undefined ? undefined : principalKey(principal)
  const found = await cache.run(
    {
      context: context.name,
      params: instance.texts,
      rev: rules.rev,
      artifact: engine.registry.artifact.digest,
      ttl: rules.ttl === false ? 0 : rules.ttl,
      staleFor: rules.staleFor,
      user: principal?.id ?? null,
      ...(key === undefined ? {} : { principalKey: key }),
      privateOnly: rules.widest === 'private',
      tags: instance.tags,
    },
    async (signal) => computeBundle(engine, { ...read, client: { signal } }, instance),
    client.signal,
  )
  return {
    body: found.body,
    // Who is told outside this process may keep no more than the cache here does.
    visibility: narrower(found.visibility, rules.widest),
    instance,
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

interface Computed {
  readonly body: string
  readonly visibility: Visibility
  readonly dataTags: readonly string[]
}

function computeBundle(
  engine: Engine,
  read: ContextRead,
  { members }: ContextInstance,
): Soon<Computed> {
  // One that fails at once is a rejection, so that somebody waits for those beside it.
  const running = members.map((member) => soon(() => runMember(engine, read, member)))
  return andThen(allSoon(running), toBundle)
}

function toBundle(results: readonly MemberResult[]): Computed {
  let members = ''
  let visibility: Visibility = 'public'
  let dataTags: Set<string> | undefined
  for (const result of results) {
    // Names on the wire are of letters, digits and `_`.
    members += `${members === '' ? '' : ','}"${result.name}":${result.json}`
    visibility = narrower(visibility, result.visibility)
    if (result.reads.size > 0) dataTags ??= new Set()
    for (const tag of result.reads) dataTags?.add(toDataTag(tag))
  }
  const body = `{${members}}`
  return { body, visibility, dataTags: dataTags === undefined ? [] : [...dataTags].sort() }
}

interface MemberResult {
  readonly name: string
  readonly json: string
  readonly visibility: Visibility
  readonly reads: ReadonlySet<string>
}

function runMember(engine: Engine, read: ContextRead, { entry, args }: Member): Soon<MemberResult> {
  const { scope, value } = runFunction(engine, {
    entry,
    values: args.values,
    exchange: read.exchange,
    kind: 'context',
    client: read.client,
  })
  return orElse(
    () =>
      andThen(value, (result) => ({
        name: entry.name,
        json: JSON.stringify(entry.result.encode(result)) ?? 'null',
        // A function may have cut its work short when the client left: half a result is for nobody else.
        visibility: scope.isCut ? 'unstorable' : scope.visibility,
        reads: scope.reads,
      })),
    (error) => {
      throw withName(engine, entry, error)
    },
  )
}

/** The error with the name of the member that it came from; details that are a list or a scalar stay what they are. */
function withName(engine: Engine, entry: Entry, error: unknown): MizanError {
  const known = toPublicError(error, engine.logger)
  const { details = {} } = known
  const takesName = typeof details === 'object' && details !== null && !Array.isArray(details)
  return takesName ? withDetails(known, { ...details, fn: entry.name }) : known
}
