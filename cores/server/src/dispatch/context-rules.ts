/** How answers of a context may be kept, by what its members declare. */

import { type ArtifactFunction, type ArtifactParam, userParams } from '@mizan/protocol'
import type { Visibility } from '../scope.ts'

/** A safety net; tags, not time, end an entry's life. Seconds. */
const defaultTtl = 86_400

/** Of one context; worked out at boot. */
export interface ContextRules {
  /** Some member has a guard. */
  readonly guarded: boolean
  /** Some member has a guard of the application's own, which must be asked each time: no token says what it will say. */
  readonly isGuardedByCode: boolean
  readonly rev: number
  /** Seconds; `false` when a member forbids caching. */
  readonly ttl: number | false
  /** Seconds. */
  readonly staleFor: number
  /** The widest that an answer may be kept: guarded contexts, and those of one user, are never public. */
  readonly widest: Visibility
}

/** The strictest of what the members say. */
export function contextRulesOf(
  members: readonly ArtifactFunction[],
  params: readonly ArtifactParam[],
): ContextRules {
  const guarded = members.some(({ auth }) => auth !== undefined)
  const ofOneUser = params.some((param) => userParams.includes(param.name))
  const caches = members.map(({ cache }) => cache)
  const hints = caches.flatMap((cache) => cache || [])
  const ttl = Math.min(defaultTtl, ...hints.flatMap((hint) => hint.ttl ?? []))
  return {
    guarded,
    isGuardedByCode: members.some(({ auth }) => auth === 'custom'),
    rev: members.reduce((sum, { rev }) => sum + (rev ?? 0), 0),
    ttl: caches.includes(false) || ttl <= 0 ? false : ttl,
    // Who names a time and nothing past it wants nothing past it.
    staleFor: hints.length === 0 ? 0 : Math.min(...hints.map((hint) => hint.staleFor ?? 0)),
    widest: guarded || ofOneUser ? 'private' : 'public',
  }
}
