/** Fastly's cache of a service. */

import type { Purger } from '../invalidation/purger.ts'
import { sendBatches, sendPurge, type VendorOptions } from './send-purge.ts'

/** Where, and with what right. */
export interface FastlyPurgerOptions extends VendorOptions {
  readonly serviceId: string
  /** With the scope `purge_select`. */
  readonly apiToken: string
}

/** Surrogate keys of one request. */
const batchSize = 256
/** Of an answer: 16,384 bytes of header; Fastly forgets those behind them. */
const maximumTags = 480

/** Purges by `Surrogate-Key`, at once rather than softly. @see https://www.fastly.com/documentation/reference/api/purging/ */
export function createFastlyPurger(options: FastlyPurgerOptions): Purger {
  const { serviceId, apiToken } = options
  const url = `https://api.fastly.com/service/${encodeURIComponent(serviceId)}/purge`
  return {
    name: options.name ?? 'fastly',
    tagHeader: 'Surrogate-Key',
    maximumTags,
    purge({ groups }, signal) {
      return sendBatches(groups, batchSize, async (keys) => {
        const headers = {
          accept: 'application/json',
          'fastly-key': apiToken,
          'surrogate-key': keys.join(' '),
        }
        await sendPurge({ url, headers }, options, signal)
      })
    },
  }
}
