/** Netlify's cache of a site. */

import type { Purger } from '../invalidation/purger.ts'
import { sendBatches, sendPurge, type VendorOptions } from './send-purge.ts'

/** Where, and with what right. */
export interface NetlifyPurgerOptions extends VendorOptions {
  readonly siteId: string
  readonly accessToken: string
}

/** Tags of one request; a tag of one site may be purged twice in five seconds, and is tried again later beyond that. */
const batchSize = 100

/** Purges by `Cache-Tag`. @see https://docs.netlify.com/build/caching/caching-overview/ */
export function createNetlifyPurger(options: NetlifyPurgerOptions): Purger {
  const { siteId, accessToken } = options
  return {
    name: options.name ?? 'netlify',
    tagHeader: 'Cache-Tag',
    purge({ groups }, signal) {
      return sendBatches(groups, batchSize, async (tags) => {
        const request = {
          url: 'https://api.netlify.com/api/v1/purge',
          headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ site_id: siteId, cache_tags: tags }),
        }
        await sendPurge(request, options, signal)
      })
    },
  }
}
