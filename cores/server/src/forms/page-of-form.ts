/** Where a form came from, and where it may lead. */

import type { ProtocolRequest } from '@mizan/protocol'
import { headerOf } from '../request-view.ts'

/** Whether who asks shows pages and follows redirects: a browser without a script of ours. */
export function wantsPage(request: ProtocolRequest): boolean {
  return (headerOf(request, 'accept') ?? '').toLowerCase().includes('text/html')
}

/**
 * The page on which the form stands, as path and query; `undefined` when the browser does not say, or it is none of this
 * host. Never the whole URL: whether it was http or https, only the browser knows behind a proxy.
 */
export function pageOf(request: ProtocolRequest): string | undefined {
  const referer = headerOf(request, 'referer') ?? ''
  const host = headerOf(request, 'host') ?? headerOf(request, ':authority')
  if (!URL.canParse(referer)) return undefined
  const { protocol, host: own, pathname, search } = new URL(referer)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && own === host?.toLowerCase() ? toLocalPath(pathname + search) : undefined
}

/** A path that stays on this host; `undefined` for any other text. */
export function toLocalPath(text: string): string | undefined {
  return /^\/(?![/\\])[\u0021-\u005b\u005d-\u007e]*$/.test(text) ? text : undefined
}
