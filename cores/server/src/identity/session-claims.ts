/** The claims that JWT and MWT share, read as what they should be. */

import type { JWTPayload } from 'jose'
import { tokenRefusal } from './token-refusal.ts'

/** Whom a token speaks of; no guard looks here, as each request resolves the principal afresh. */
export interface SessionClaims {
  /** Id of the principal. */
  readonly sub: string
  /** Id of the session, as the store knows it. */
  readonly sid: string
  readonly staff: boolean
  readonly super: boolean
}

/** @throws MizanError `UNAUTHORIZED`, `TOKEN_CLAIMS` */
export function readSessionClaims(payload: JWTPayload): SessionClaims {
  const { sub, sid, staff, super: superuser } = payload
  if (
    typeof sub !== 'string' ||
    sub === '' ||
    typeof sid !== 'string' ||
    typeof staff !== 'boolean' ||
    typeof superuser !== 'boolean'
  ) {
    throw tokenRefusal('TOKEN_CLAIMS')
  }
  return { sub, sid, staff, super: superuser }
}

/** Names for `required`. */
export const sessionClaimNames: readonly string[] = ['sub', 'sid', 'staff', 'super', 'iat', 'exp']
