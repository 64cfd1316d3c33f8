/** The route of a request as a few words that many requests share: names in it would be as many as clients invent. */

import type { ProtocolRequest } from '@mizan/protocol'
import { parseEndpoint } from '../http/endpoint.ts'
import type { RouteTable } from '../http/route-table.ts'

/** Where routes stand. */
export interface RouteNames {
  readonly base: string
  readonly routes: RouteTable
}

/** `/api/mizan/ctx/:context/`, `/profile/:userId/`; `undefined` for what nobody answers. */
export function routeOf(
  { base, routes }: RouteNames,
  { method, path }: ProtocolRequest,
): string | undefined {
  if (path !== base && !path.startsWith(`${base}/`))
    return routes.find(method, path)?.entry.facts.route
  const endpoint = parseEndpoint(path.slice(base.length))
  if (endpoint === undefined) return undefined
  if (endpoint.kind === 'context') return `${base}/ctx/:context/`
  return 'fn' in endpoint && endpoint.fn !== undefined
    ? `${base}/${endpoint.kind}/:fn/`
    : `${base}/${endpoint.kind}/`
}
