/** Who makes a request, and the digest of what a cached answer may depend on besides the id. */

import { createHash } from 'node:crypto'
import { canonicalJson } from '@mizan/protocol'

/** Who is asking. Resolved afresh for each request; what a function reads of it makes the run private. */
export interface Principal {
  readonly id: string
  readonly staff: boolean
  readonly superuser: boolean
  readonly tenant?: string
  readonly scopes?: readonly string[]
  /** JSON of the application: roles, plan, locale. */
  readonly attributes?: Readonly<Record<string, unknown>>
}

/**
 * Digest of tenant, scopes, flags and attributes: the `k` of a private cache key. `undefined` when there is nothing
 * but the id, so that a plain principal has the plain key.
 *
 * @throws MizanError `VALIDATION_FAILED` when `attributes` hold what JSON has no form for.
 * @see PROTOCOL section 6
 */
export function principalKey(principal: Principal): string | undefined {
  const facts = {
    ...(principal.tenant === undefined ? {} : { tenant: principal.tenant }),
    ...(principal.scopes === undefined || principal.scopes.length === 0
      ? {}
      : { scopes: [...new Set(principal.scopes)].sort() }),
    ...(principal.staff ? { staff: true } : {}),
    ...(principal.superuser ? { super: true } : {}),
    ...(principal.attributes === undefined || Object.keys(principal.attributes).length === 0
      ? {}
      : { attributes: principal.attributes }),
  }
  if (Object.keys(facts).length === 0) return undefined
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}
