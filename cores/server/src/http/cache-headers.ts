/** What an answer of a context says to those who may keep it. */

import { headerNames } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { headerOf } from '../request-view.ts'
import type { Visibility } from '../scope.ts'
import type { Incoming } from './handler.ts'
import type { Header } from './respond.ts'

/** Tags of instances. */
export interface KeptTags {
  readonly tags: readonly string[]
  /** As the header has them. */
  readonly encodedTags: string
}

/** Tags as `X-Mizan-Cache` has them. */
export function encodeTags(tags: readonly string[]): string {
  return tags.map((tag) => encodeURIComponent(tag)).join('+')
}

/** An answer, and who may keep it. */
export interface Keepable {
  readonly visibility: Visibility
  /** Seconds; `false` when it may not be kept. */
  readonly ttl: number | false
  readonly tags: KeptTags
  /** Data tags that it was read from. */
  readonly dataTags: readonly string[]
}

/** Who else may keep the answer. Without digests of its data tags nobody could tell when it ends. */
export function cacheHeaders(engine: Engine, incoming: Incoming, answer: Keepable): Header[] {
  const { visibility, ttl, tags, dataTags } = answer
  const digests = engine.tagDigests?.ofReads(dataTags) ?? []
  const tagged: Header[] = digests.length === 0 ? [] : [[headerNames.tags, digests.join(', ')]]
  const unknown = dataTags.length > 0 && digests.length === 0
  if (visibility === 'unstorable' || ttl === false || unknown) return tagged
  const all = digests.length === 0 ? tags.encodedTags : `${tags.encodedTags}+${encodeTags(digests)}`
  const { digest } = engine.registry.artifact
  return [
    ...tagged,
    [headerNames.cache, `${visibility}; ttl=${ttl}; tags=${all}; artifact=${digest}`],
    ...(visibility === 'public' && isForEverybody(incoming)
      ? engine.publicTags.ofAnswer({ tags: tags.tags, dataTags, ttl })
      : []),
  ]
}

/** A cookie is for one caller; headers for pages of another origin are for that origin. */
function isForEverybody({ request, exchange }: Incoming): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const hasCookie = exchange.identified.setCookies.length > 0
  return isRead && !hasCookie && headerOf(request, 'origin') === undefined
}
