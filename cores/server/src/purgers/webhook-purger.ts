/** Anybody else: a signed request with everything that went stale. */

import { Buffer } from 'node:buffer'
import { pushSignatureHeader, signPush, toTargetBody } from '@mizan/protocol'
import type { Purger } from '../invalidation/purger.ts'
import { sendPurge, type VendorOptions } from './send-purge.ts'

/** Where, and how it is signed. */
export interface WebhookPurgerOptions extends VendorOptions {
  readonly url: string
  /** At least 32 bytes; `verifyPush` of `@mizan/protocol` checks with it. */
  readonly secret: string
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number
}

/**
 * Posts `{"invalidate": […], "changed": […], "groups": […]}` with `X-Mizan-Signature`. Any status of 200 to 299 says that it is done.
 *
 * @throws TypeError for a secret under 32 bytes, and for what is no URL
 */
export function createWebhookPurger(options: WebhookPurgerOptions): Purger {
  const { secret, clock = Date.now } = options
  if (Buffer.byteLength(secret) < 32)
    throw new TypeError('createWebhookPurger: secret must have at least 32 bytes')
  const { href, host } = new URL(options.url)
  return {
    name: options.name ?? host,
    async purge({ targets, changed, groups }, signal) {
      const body = JSON.stringify({ invalidate: targets.map(toTargetBody), changed, groups })
      const headers = {
        'content-type': 'application/json',
        [pushSignatureHeader]: await signPush(secret, body, clock()),
      }
      await sendPurge({ url: href, headers, body }, options, signal)
    },
  }
}
