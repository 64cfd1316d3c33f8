/** Why a token was refused: `details.code` of an `UNAUTHORIZED` answer (PROTOCOL section 7). */

const table = {
  /** Not one compact JWS, or longer than a token is. */
  TOKEN_MALFORMED: { refresh: false },
  /** `alg` is `none`, or not that of the key. */
  TOKEN_ALGORITHM: { refresh: false },
  /** No key of that `kid`, or no longer. */
  TOKEN_KEY_UNKNOWN: { refresh: true },
  TOKEN_SIGNATURE: { refresh: false },
  TOKEN_AUDIENCE: { refresh: false },
  TOKEN_ISSUER: { refresh: false },
  TOKEN_EXPIRED: { refresh: true },
  TOKEN_NOT_YET_VALID: { refresh: false },
  /** A claim is missing or of another type. */
  TOKEN_CLAIMS: { refresh: false },
  /** A refresh token where an access token belongs, an MWT in place of a JWT. */
  TOKEN_TYPE: { refresh: false },
  /** An MWT with a method that may change something. */
  TOKEN_METHOD: { refresh: false },
  /** The server takes no tokens of this kind. */
  TOKEN_UNSUPPORTED: { refresh: false },
  /** Signed out, expired, or its principal is gone. */
  SESSION_ENDED: { refresh: false },
  /** A refresh token was used again after its time: the session has been ended. */
  REFRESH_REUSED: { refresh: false },
  /** What the principal may do has changed since the MWT was issued. */
  PRINCIPAL_CHANGED: { refresh: true },
  /** Name and password do not belong together. */
  CREDENTIALS_WRONG: { refresh: false },
} as const

/** code → whether another token of the same session helps; without that, somebody has to sign in. */
export const tokenErrors: typeof table = Object.freeze(table)

/** A code of {@link tokenErrors}. */
export type TokenErrorCode = keyof typeof tokenErrors
