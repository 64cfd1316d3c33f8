/** In tests: which answers each call made stale, and which it said it did. */

import {
  fromTargetBody,
  headerNames,
  parseInvalidate,
  type ProtocolRequest,
  type ProtocolResponse,
  reaches,
  type Target,
} from '@mizan/protocol'
import type { App, CacheStore } from '@mizan/server'

/** One call, and what it got wrong. */
export interface RecordedCall {
  /** Wire name. */
  readonly fn: string
  /** Answers that are others now. */
  readonly changed: readonly Target[]
  /** Those of them of which nobody was told. */
  readonly missed: readonly Target[]
  /** Answers that are the same, and were named all the same. */
  readonly needless: readonly Target[]
}

/** Stands between visitors and an app. */
export interface InvalidationRecorder {
  /** In place of the app, for `createCaller` and `createInProcessFetch`. */
  readonly app: Pick<App, 'base' | 'artifact' | 'handle'>
  /** Every call so far. */
  readonly calls: readonly RecordedCall[]
  /** The calls that missed something, one line each; empty when all is well. */
  missed(): readonly string[]
  /** The calls that named something needlessly, one line each. */
  needless(): readonly string[]
}

/**
 * Remembers each context that a visitor fetches, fetches it again after each call, and compares what changed with what the call's
 * answer named: targets, and data tags where the app has a cache's secret. Calls are made one after the other.
 *
 * An app that serves from its cache would be believed: give it `cache: { secret, store: nothingKept }`.
 */
export function recordInvalidations(
  app: Pick<App, 'base' | 'artifact' | 'handle'>,
): InvalidationRecorder {
  const instances = new Map<string, Instance>()
  const calls: RecordedCall[] = []
  let turn: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }
  const fetchContext = async (request: ProtocolRequest): Promise<ProtocolResponse> => {
    const response = await app.handle(request)
    const known = toInstance(app.base, request, response)
    if (known !== undefined) instances.set(keyOf(request), known)
    return response
  }
  const call = async (request: ProtocolRequest): Promise<ProtocolResponse> => {
    const { sent, fn } = await readCall(app.base, request)
    const before = [...instances]
    const response = await app.handle(sent)
    const named = namedBy(response)
    const changed: Target[] = []
    const missed: Target[] = []
    const needless: Target[] = []
    for (const [key, old] of before) {
      const again = toInstance(app.base, old.request, await app.handle(old.request))
      const hasChanged = again?.body !== old.body
      const isNamed = names(named, old)
      if (hasChanged) changed.push(old.target)
      if (hasChanged && !isNamed) missed.push(old.target)
      if (!hasChanged && isNamed) needless.push(old.target)
      // What is not there any more was fetched by nobody since.
      if (again === undefined) instances.delete(key)
      else instances.set(key, again)
    }
    calls.push({ fn, changed, missed, needless })
    return response
  }
  const lines = (kind: 'missed' | 'needless'): readonly string[] =>
    calls
      .filter((one) => one[kind].length > 0)
      .map((one) => `${one.fn}: ${one[kind].map(describe).join(', ')}`)
  return {
    app: {
      base: app.base,
      artifact: app.artifact,
      handle: (request) =>
        inTurn(async () => {
          if (isContext(app.base, request)) return fetchContext(request)
          return isCall(app.base, request) ? call(request) : app.handle(request)
        }),
    },
    calls,
    missed: () => lines('missed'),
    needless: () => lines('needless'),
  }
}

/** A store that forgets at once: an app with it answers what is true, and names data tags. */
export const nothingKept: CacheStore = Object.freeze<CacheStore>({
  read: async (keys) => keys.map(() => undefined),
  write: async () => undefined,
  versions: async (tags) => tags.map(() => undefined),
  ensureVersions: async (tags) => tags.map(() => 'none'),
  bump: async () => undefined,
})

const invalidateHeader = headerNames.invalidate.toLowerCase()

/** One context as one visitor saw it. */
interface Instance {
  readonly request: ProtocolRequest
  readonly target: Target
  readonly params: Readonly<Record<string, string>>
  readonly body: string
  /** Digests of what it was read from. */
  readonly tags: ReadonlySet<string>
}

interface Named {
  readonly targets: readonly Target[]
  readonly changed: readonly string[]
}

function names({ targets, changed }: Named, { target, params, tags }: Instance): boolean {
  return (
    targets.some((one) => one.context === target.context && reaches(one, params)) ||
    changed.some((tag) => tags.has(tag))
  )
}

function isContext(base: string, { method, path }: ProtocolRequest): boolean {
  return method === 'GET' && path.startsWith(`${base}/ctx/`)
}

function isCall(base: string, { method, path }: ProtocolRequest): boolean {
  return method === 'POST' && path.startsWith(`${base}/call`)
}

/** Two visitors may see two answers. */
function keyOf({ path, query, headers }: ProtocolRequest): string {
  return JSON.stringify([path, query, headers['cookie'], headers['authorization']])
}

function toInstance(
  base: string,
  request: ProtocolRequest,
  response: ProtocolResponse,
): Instance | undefined {
  if (response.status !== 200 || typeof response.body !== 'string') return undefined
  const context = request.path.slice(`${base}/ctx/`.length).replace(/\/$/, '')
  const params = Object.fromEntries(new URLSearchParams(request.query))
  const target = Object.keys(params).length === 0 ? { context } : { context, params }
  const tags = new Set(listOf(response, headerNames.tags))
  // A request of its own, which outlives the visitor's.
  const { 'if-none-match': _etag, ...headers } = request.headers
  const again = { ...request, headers, body: null, signal: new AbortController().signal }
  return { request: again, target, params, body: response.body, tags }
}

/** The function's name may stand in the path or in the body, which can be read once. */
async function readCall(
  base: string,
  request: ProtocolRequest,
): Promise<{ readonly sent: ProtocolRequest; readonly fn: string }> {
  const inPath = request.path.slice(`${base}/call`.length).replaceAll('/', '')
  if (inPath !== '' || request.body === null) return { sent: request, fn: inPath }
  const bytes = Buffer.from(await new Response(request.body as BodyInit).arrayBuffer()) // cast: both are streams of bytes
  const sent: ProtocolRequest = { ...request, body: new Blob([bytes]).stream() }
  try {
    const { fn } = JSON.parse(bytes.toString()) as { readonly fn?: unknown } // cast: looked at below
    return { sent, fn: String(fn) }
  } catch {
    return { sent, fn: '?' }
  }
}

function namedBy(response: ProtocolResponse): Named {
  const changed = listOf(response, headerNames.changed)
  // Whoever knows tags is not meant by what the body says beyond the header.
  if (changed.length > 0) {
    const header = response.headers.find(([key]) => key.toLowerCase() === invalidateHeader)
    return { targets: header === undefined ? [] : parseInvalidate(header[1]), changed }
  }
  if (typeof response.body !== 'string' || !response.body.startsWith('{'))
    return { targets: [], changed }
  // cast: an answer to a call
  const { invalidate = [] } = JSON.parse(response.body) as { readonly invalidate?: unknown[] }
  return { targets: invalidate.flatMap((body) => fromTargetBody(body) ?? []), changed }
}

function listOf({ headers }: ProtocolResponse, name: string): readonly string[] {
  const value = headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
  return value === undefined || value === '' ? [] : value.split(',').map((one) => one.trim())
}

function describe({ context, params = {} }: Target): string {
  const given = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`)
  return given.length === 0 ? context : `${context} (${given.join(', ')})`
}
