/** What CDNs and shared caches are told by headers (RFC 9875, RFC 9213, vendors' tags). */

import type { TagDigests } from '../dispatch/tag-digests.ts'
import { formatGroups, groupsOfAnswer, groupsOfStale } from './groups.ts'
import type { Purger } from './purger.ts'
import type { Stale } from './stale-set.ts'

/** A response header. */
type Header = readonly [name: string, value: string]

/** An answer that anybody may be given. */
export interface PublicAnswer {
  /** Tags of the instance. */
  readonly tags: readonly string[]
  readonly dataTags: readonly string[]
  /** Seconds. */
  readonly ttl: number
}

/** The headers of one app. */
export interface PublicTags {
  /**
   * For an answer that everybody may be given: empty without a purger, as nothing would end what a CDN then keeps.
   * Browsers are told `no-store` all the same.
   */
  ofAnswer(answer: PublicAnswer): Header[]
  /** For the answer of a mutation. */
  ofStale(stale: Stale): Header[]
}

/** What {@link createPublicTags} works with. */
export interface PublicTagsOptions {
  readonly digests: TagDigests
  readonly purgers: readonly Purger[]
}

const separators = {
  'Surrogate-Key': ' ',
  'Cache-Tag': ',',
  'Vercel-Cache-Tag': ',',
  xkey: ' ',
} as const

/** Headers for those whom `purgers` reach. */
export function createPublicTags({ digests, purgers }: PublicTagsOptions): PublicTags {
  const tagHeaders = [...new Set(purgers.flatMap(({ tagHeader }) => tagHeader ?? []))]
  const most = Math.min(...purgers.map(({ maximumTags = Infinity }) => maximumTags))
  return {
    ofAnswer(answer) {
      if (purgers.length === 0 || answer.ttl <= 0) return []
      const groups = groupsOfAnswer(digests, answer, most)
      // A holder that forgets one of them would serve the answer when it is stale.
      if (groups.length > most) return []
      return [
        ['cdn-cache-control', `public, max-age=${answer.ttl}`],
        ['cache-groups', formatGroups(groups)],
        ...tagHeaders.map((name): Header => [name.toLowerCase(), groups.join(separators[name])]),
      ]
    },
    ofStale(stale) {
      const groups = groupsOfStale(digests, stale)
      return groups.length === 0 ? [] : [['cache-group-invalidation', formatGroups(groups)]]
    },
  }
}
