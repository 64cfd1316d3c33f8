/** The Worker's handler: reads of public contexts go to the cache, everything else to the origin. */

import { type Manifest, pushPath } from '@mizan/protocol'
import { ContextCache } from './context-cache.ts'
import { matchContext, toStorable } from './context-request.ts'
import { forward, toClient, unreachable } from './forward.ts'
import type { DurableObjectNamespaceLike, ExecutionContextLike } from './platform.ts'
import { Purger, type PurgeOptions } from './purger.ts'
import { receivePush } from './push-receiver.ts'

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

/**
 * Makes the handler of a Worker.
 *
 * An answer is kept only when the origin says so on it, and used only while every version that was read before the
 * origin was asked is still the one of today.
 *
 * @throws TypeError when the manifest is of another version.
 * @see PROTOCOL section 9
 */
export function createEdge<Env>(options: EdgeOptions<Env>): Edge<Env> {
  const { manifest, clock = Date.now, maximumBytes = defaultMaximumBytes } = options
  if (manifest.version !== 1) {
    throw new TypeError(
      `createEdge: the manifest has version ${String(manifest.version)}, this package reads version 1`,
    )
  }
  const storable = toStorable(manifest)
  const purger = new Purger(storable.contexts)
  const cache = new ContextCache({ artifact: manifest.artifact, maximumBytes, clock })

  async function pass(request: Request, origin: string, purge: PurgeOptions): Promise<Response> {
    const response = await forward(request, { origin }).catch(() => undefined)
    const isPurged = await purger.purge(request, response, purge)
    return toClient(response ?? unreachable(), {
      outcome: 'pass',
      isProtocol: response === undefined || isBelow(manifest.base, request.url),
      isDeferred: !isPurged,
    })
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
      const wanted = matchContext(request, storable)
      if (wanted !== undefined && !purger.isDeferred) {
        return await cache.read({ request, wanted, origin, namespace })
      }
      purger.makeUp({ namespace, execution })
      const passed = pass(request, origin, { namespace, execution })
      // A client that leaves ends the Worker, but not what it has put off: a committed mutation is purged.
      execution.waitUntil(passed.catch(() => undefined))
      return await passed
    },
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
