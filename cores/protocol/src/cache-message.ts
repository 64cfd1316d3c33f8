/** What a cache key is the HMAC of (PROTOCOL section 6). The HMAC itself belongs to the server and the edge. */

import { canonicalJson } from './canonical-json.ts'

/** The facts that make two reads the same entry. */
export interface CacheIdentity {
  readonly context: string
  /** Texts of the validated params; absent ones are left out. */
  readonly params: Readonly<Record<string, string>>
  readonly rev: number
  /** Only for private entries: the principal's id, or `null` for an anonymous caller. */
  readonly user?: string | null
  /** Only for private entries: digest of what else a function may read of the principal. */
  readonly principalKey?: string
}

/** The RFC 8785 text whose HMAC-SHA256 is the key. Vectors: cache-keys.json. */
export function cacheMessage(identity: CacheIdentity): string {
  return canonicalJson({
    c: identity.context,
    p: identity.params,
    r: identity.rev,
    u: identity.user,
    k: identity.principalKey,
  })
}
