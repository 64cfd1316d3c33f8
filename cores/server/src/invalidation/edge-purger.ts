/** Tells an edge of `@mizan/edge` what went stale: what sockets, webhooks and jobs change never passes it. */

import { Buffer } from 'node:buffer'
import {
  type PushBody,
  pushPath,
  pushSignatureHeader,
  signPush,
  toTargetBody,
} from '@mizan/protocol'
import type { PurgeBatch, Purger } from './purger.ts'

/** Options of {@link createEdgePurger}. */
export interface EdgePurgerOptions {
  /** Where the edge has the app: `https://www.example.com/api/mizan`. */
  readonly url: string
  /** At least 32 bytes; the edge has the same. */
  readonly secret: string
  /** For the log. @default the host of `url` */
  readonly name?: string
  /** @default the global one */
  readonly fetch?: typeof fetch
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number
}

/** @throws TypeError for a secret under 32 bytes, and for what is no URL */
export function createEdgePurger(options: EdgePurgerOptions): Purger {
  const { secret, fetch: send = fetch, clock = Date.now } = options
  if (Buffer.byteLength(secret) < 32) {
    throw new TypeError('createEdgePurger: secret must have at least 32 bytes')
  }
  const base = new URL(options.url)
  const url = new URL(pushPath, base.href.endsWith('/') ? base : `${base.href}/`)
  return {
    name: options.name ?? base.host,
    async purge(batch, signal) {
      const body = JSON.stringify(toBody(batch))
      const response = await send(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [pushSignatureHeader]: await signPush(secret, body, clock()),
        },
        body,
        // A redirect would carry the push to where nobody meant it to go.
        redirect: 'error',
        signal,
      })
      await response.body?.cancel()
      if (response.status !== 204) throw new Error(`${url.href} answered ${response.status}`)
    },
  }
}

function toBody({ targets, changed }: PurgeBatch): PushBody {
  return { invalidate: targets.map(toTargetBody), changed }
}
