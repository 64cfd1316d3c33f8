/** Fastly's cache of a service. */

import type { Purger } from '../invalidation/purger.ts'
import { inBatches, sendPurge, type VendorOptions } from './send-purge.ts'

/** Where, and with what right. */
export interface FastlyPurgerOptions extends VendorOptions {
  readonly serviceId: string
  /** With the scope `purge_select`. */
  readonly apiToken: string
}

/** Surrogate keys of one request. */
const batchSize = 256

/** Purges by `Surrogate-Key`, at once rather than softly. @see https://www.fastly.com/documentation/reference/api/purging/ */
export function createFastlyPurger(options: FastlyPurgerOptions): Purger {
  const { serviceId, apiToken } = options
  const url = `https://api.fastly.com/service/${encodeURIComponent(serviceId)}/purge`
  return {
    name: options.name ?? 'fastly',
    tagHeader: 'Surrogate-Key',
    async purge({ groups }, signal) {
      for (const keys of inBatches(groups, batchSize)) {
        const headers = {
          accept: 'application/json',
          'fastly-key': apiToken,
          'surrogate-key': keys.join(' '),
        }
        await sendPurge({ url, headers }, options, signal)
      }
    },
  }
}
