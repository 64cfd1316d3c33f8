/** The Worker's handler: reads of contexts and pages go to the cache, everything else to the origin. */

import { headerNames, type Manifest, pushPath } from '@mizan/protocol'
import { AnswerCache } from './answer-cache.ts'
import { maximumTtl } from './entry-store.ts'
import { forward, toClient, unreachable } from './forward.ts'
import { markFresh, wantsFresh } from './fresh-marker.ts'
import type { DurableObjectNamespaceLike, ExecutionContextLike } from './platform.ts'
import { Purger, type PurgeOptions } from './purger.ts'
import { receivePush } from './push-receiver.ts'
import { matchRead, toStorable } from './read-request.ts'
import { type EdgeTokens, type Reader, TokenReader } from './token-reader.ts'
import { VersionMemory } from './version-memory.ts'

/** What the edge stands before. */
export interface EdgeOptions<Env> {
  /** What `mizan manifest` wrote. */
  readonly manifest: Manifest
  /** Scheme, host and port of the server: `https://origin.example.com`. */
  readonly origin: string | ((env: Env) => string)
  /** The binding to the Durable Object class `TagVersions`. */
  readonly versions: (env: Env) => DurableObjectNamespaceLike
  /**
   * What the origin's `createEdgePurger` signs with; without it nothing can be pushed, and what does not pass the edge is
   * seen when an entry's time is over.
   */
  readonly pushSecret?: (env: Env) => string
  /** What checks tokens of reads (`X-Mizan-Token`); without it, or for `undefined`, private answers are not kept. */
  readonly tokens?: (env: Env) => EdgeTokens | undefined
  /**
   * Milliseconds for which a version that was read may be relied on, but not by a client that has just changed
   * something: how late others may see a change. 0 asks for every read.
   * @default 500
   */
  readonly versionsAge?: number
  /**
   * Seconds past its time for which an entry that nothing has invalidated is served, while the origin is asked.
   * @default 60
   */
  readonly staleFor?: number
  /**
   * Seconds past its time for which an entry that nothing has invalidated is served when the origin fails.
   * @default 3600
   */
  readonly staleIfError?: number
  /**
   * Bytes above which an answer is not kept.
   * @default 1 MiB
   */
  readonly maximumBytes?: number
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** What a Worker exports as its handler. */
export interface Edge<Env> {
  fetch(request: Request, env: Env, execution: ExecutionContextLike): Promise<Response>
}

const defaultMaximumBytes = 1_048_576
const defaultVersionsAge = 500
const defaultStaleFor = 60
const defaultStaleIfError = 3_600

/**
 * Makes the handler of a Worker.
 *
 * An answer is kept only when the origin says so on it, and used only while every version that was read before the
 * origin was asked is still the one of today.
 *
 * @throws TypeError when the manifest is of another version, and for times that are none.
 * @see PROTOCOL section 9
 */
export function createEdge<Env>(options: EdgeOptions<Env>): Edge<Env> {
  const { manifest, clock = Date.now, maximumBytes = defaultMaximumBytes } = options
  const { staleFor = defaultStaleFor, staleIfError = defaultStaleIfError } = options
  const { versionsAge = defaultVersionsAge } = options
  if (manifest.version !== 1) {
    throw new TypeError(
      `createEdge: the manifest has version ${String(manifest.version)}, this package reads version 1`,
    )
  }
  assertTimes({ versionsAge, staleFor, staleIfError })
  const storable = toStorable(manifest)
  const { artifact, contexts } = storable
  const memory = new VersionMemory({ maximumAge: versionsAge, clock })
  const purger = new Purger(contexts, memory)
  const cache = new AnswerCache({
    artifact,
    contexts,
    maximumBytes,
    staleFor,
    staleIfError,
    memory,
    clock,
  })
  let tokens: TokenReader | 'none' | undefined

  async function pass(request: Request, origin: string, purge: PurgeOptions): Promise<Response> {
    const response = await forward(request, { origin }).catch(() => undefined)
    const outcome = await purger.purge(request, response, purge)
    const answer = toClient(response ?? unreachable(), {
      outcome: 'pass',
      isProtocol: response === undefined || isBelow(manifest.base, request.url),
      isDeferred: outcome === 'owed',
    })
    if (outcome !== 'none' && answer.status !== 101) markFresh(request, answer, versionsAge)
    return answer
  }

  /** Who asks; `'nobody'` for a token that proves nothing. */
  async function readerOf(request: Request, env: Env): Promise<Reader | 'nobody' | undefined> {
    const token = request.headers.get(headerNames.token)
    if (token === null) return undefined
    const keys = tokens === undefined ? options.tokens?.(env) : undefined
    tokens ??= keys === undefined ? 'none' : new TokenReader(keys)
    if (tokens === 'none') return undefined
    return (await tokens.read(token, clock())) ?? 'nobody'
  }

  return {
    async fetch(request, env, execution) {
      const from = typeof options.origin === 'string' ? options.origin : options.origin(env)
      const { origin } = new URL(from)
      const namespace = options.versions(env)
      if (options.pushSecret !== undefined && isPush(manifest.base, request.url)) {
        return await receivePush(request, {
          secret: options.pushSecret(env),
          now: clock(),
          purge: (pushed) => purger.purgePushed(pushed, { namespace, execution }),
        })
      }
      const wanted = purger.isDeferred ? undefined : matchRead(request, storable)
      if (wanted !== undefined) {
        const reader = await readerOf(request, env)
        // Why a token is not believed, and what needs one, is for the origin to say.
        if (reader !== 'nobody' && (reader !== undefined || !wanted.facts.user_scoped)) {
          const isFreshWanted = wantsFresh(request)
          const read = { request, wanted, reader, isFreshWanted, origin, namespace, execution }
          return await cache.read(read)
        }
      }
      purger.makeUp({ namespace, execution })
      const passed = pass(request, origin, { namespace, execution })
      // A client that leaves ends the Worker, but not what it has put off: a committed mutation is purged.
      execution.waitUntil(passed.catch(() => undefined))
      return await passed
    },
  }
}

function assertTimes(times: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(times)) {
    if (!(value >= 0) || (name !== 'versionsAge' && value > maximumTtl))
      throw new TypeError(`createEdge({ ${name}: ${value} }): a time from 0 on, at most a day`)
  }
}

function isBelow(base: string, url: string): boolean {
  const { pathname } = new URL(url)
  return pathname === base || pathname.startsWith(`${base}/`)
}

function isPush(base: string, url: string): boolean {
  const { pathname } = new URL(url)
  return `${pathname}/`.startsWith(`${base}/${pushPath}`)
}
