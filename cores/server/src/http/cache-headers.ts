/** What an answer of a context says to those who may keep it. */

import { headerNames } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import type { Bundle } from '../dispatch/run-context.ts'
import { headerOf } from '../request-view.ts'
import type { Incoming } from './handler.ts'
import type { Header } from './respond.ts'

/** Who else may keep the answer. Without digests of its data tags nobody could tell when it ends. */
export function cacheHeaders(engine: Engine, incoming: Incoming, bundle: Bundle): Header[] {
  const { visibility, ttl, tags, dataTags } = bundle
  const digests = engine.tagDigests?.ofReads(dataTags) ?? []
  const tagged: Header[] = digests.length === 0 ? [] : [[headerNames.tags, digests.join(', ')]]
  const unknown = dataTags.length > 0 && digests.length === 0
  if (visibility === 'unstorable' || ttl === false || unknown) return tagged
  const all = [...tags, ...digests].map((tag) => encodeURIComponent(tag)).join('+')
  const { digest } = engine.registry.artifact
  return [
    ...tagged,
    [headerNames.cache, `${visibility}; ttl=${ttl}; tags=${all}; artifact=${digest}`],
    ...(visibility === 'public' && isForEverybody(incoming)
      ? engine.publicTags.ofAnswer({ tags, dataTags, ttl })
      : []),
  ]
}

/** A cookie is for one caller; headers for pages of another origin are for that origin. */
function isForEverybody({ request, exchange }: Incoming): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const hasCookie = exchange.identified.setCookies.length > 0
  return isRead && !hasCookie && headerOf(request, 'origin') === undefined
}
