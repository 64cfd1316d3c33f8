/** Cloudflare's cache of a zone. */

import type { Purger } from '../invalidation/purger.ts'
import { sendBatches, sendPurge, type VendorOptions } from './send-purge.ts'

/** Where, and with what right. */
export interface CloudflarePurgerOptions extends VendorOptions {
  readonly zoneId: string
  /** With the permission "Cache Purge". */
  readonly apiToken: string
}

/** Tags of one request, on every plan; a Free zone takes five requests a minute. */
const batchSize = 100
/** Of an answer: 16 kB of header. */
const maximumTags = 480

/** Purges by `Cache-Tag`. @see https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/ */
export function createCloudflarePurger(options: CloudflarePurgerOptions): Purger {
  const { zoneId, apiToken } = options
  const url = `https://api.cloudflare.com/client/v4/zones/${encodeURIComponent(zoneId)}/purge_cache`
  return {
    name: options.name ?? 'cloudflare',
    tagHeader: 'Cache-Tag',
    maximumTags,
    purge({ groups }, signal) {
      return sendBatches(groups, batchSize, async (tags) => {
        const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' }
        const text = await sendPurge(
          { url, headers, body: JSON.stringify({ tags }) },
          options,
          signal,
        )
        if (!isSuccess(text)) throw new Error(`cloudflare refused the purge: ${text.slice(0, 200)}`)
      })
    },
  }
}

/** It says 200 of some refusals. */
function isSuccess(text: string): boolean {
  try {
    const { success } = JSON.parse(text) as { readonly success?: unknown } // cast: looked at below
    return success === true
  } catch {
    return false
  }
}
