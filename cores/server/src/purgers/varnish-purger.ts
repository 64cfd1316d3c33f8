/** Varnish with vmod_xkey. */

import type { Purger } from '../invalidation/purger.ts'
import { sendBatches, sendPurge, type VendorOptions } from './send-purge.ts'

/** Where. */
export interface VarnishPurgerOptions extends VendorOptions {
  /** Every Varnish there is: `['http://10.0.0.5:6081/']`. Each is told, and all must have understood. */
  readonly urls: readonly string[]
}

/** Keys of one request: headers of 8 kB are what Varnish takes. */
const batchSize = 200

/**
 * Sends `PURGE` with `xkey-purge`, which `vcl_recv` answers with `xkey.purge(req.http.xkey-purge)` for addresses that may.
 *
 * @see https://github.com/varnish/varnish-modules/blob/master/src/vmod_xkey.vcc
 * @throws TypeError for what is no URL
 */
export function createVarnishPurger(options: VarnishPurgerOptions): Purger {
  const urls = options.urls.map((url) => new URL(url).href)
  return {
    name: options.name ?? 'varnish',
    tagHeader: 'xkey',
    maximumTags: batchSize,
    purge({ groups }, signal) {
      return sendBatches(groups, batchSize, async (keys) => {
        const headers = { 'xkey-purge': keys.join(' ') }
        await Promise.all(
          urls.map((url) => sendPurge({ url, method: 'PURGE', headers }, options, signal)),
        )
      })
    },
  }
}
