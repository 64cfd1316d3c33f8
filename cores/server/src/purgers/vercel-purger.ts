/** Vercel's cache of a project. */

import type { Purger } from '../invalidation/purger.ts'
import { sendBatches, sendPurge, type VendorOptions } from './send-purge.ts'

/** Where, and with what right. */
export interface VercelPurgerOptions extends VendorOptions {
  readonly project: string
  readonly team?: string
  readonly accessToken: string
  /** @default 'production' */
  readonly target?: 'production' | 'preview'
}

/** Tags of one request; five requests a minute are taken. */
const batchSize = 16
/** Of an answer. */
const maximumTags = 128

/**
 * Deletes by `Vercel-Cache-Tag`: what is merely invalidated there is served once more.
 *
 * @see https://vercel.com/docs/rest-api/edge-cache/dangerously-delete-by-tag
 */
export function createVercelPurger(options: VercelPurgerOptions): Purger {
  const { project, team, accessToken, target = 'production' } = options
  const query = new URLSearchParams({
    projectIdOrName: project,
    ...(team === undefined ? {} : { teamId: team }),
  })
  return {
    name: options.name ?? 'vercel',
    tagHeader: 'Vercel-Cache-Tag',
    maximumTags,
    purge({ groups }, signal) {
      return sendBatches(groups, batchSize, async (tags) => {
        const request = {
          url: `https://api.vercel.com/v1/edge-cache/dangerously-delete-by-tags?${query}`,
          headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ tags, target }),
        }
        await sendPurge(request, options, signal)
      })
    },
  }
}
