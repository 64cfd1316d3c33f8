/** Access and refresh tokens: who signs in without a cookie (PROTOCOL section 7). */

import { loadKeys, type TokenKey } from './keys.ts'
import type { Principal } from './principal.ts'
import { readSessionClaims, type SessionClaims, sessionClaimNames } from './session-claims.ts'
import { tokenRefusal } from './token-refusal.ts'
import { signToken, verifyToken } from './verify-token.ts'
import { assertSeconds } from './seconds.ts'

/** How an app issues JWTs. */
export interface JwtOptions {
  /** The first signs, all check: put a new key in front, and take the old one away once its tokens have expired. */
  readonly keys: readonly TokenKey[]
  /** `iss`. @default 'mizan' */
  readonly issuer?: string
  /** `aud`. @default 'mizan' */
  readonly audience?: string
  /** Seconds that an access token is good for. @default 300 */
  readonly accessLifetime?: number
  /** Seconds that a refresh token is good for: who stays away longer signs in again. @default 604_800 (7 days) */
  readonly refreshLifetime?: number
  /** Seconds after which a session ends, however often it was refreshed. @default 7_776_000 (90 days) */
  readonly sessionLifetime?: number
}

/** What `jwt_obtain` and `jwt_refresh` answer. */
export interface TokenPair {
  /** For `Authorization: Bearer`. */
  readonly accessToken: string
  /** For `jwt_refresh`, once. */
  readonly refreshToken: string
  /** Seconds until the access token expires. */
  readonly expiresIn: number
}

/** What one pair is made for. */
export interface PairFacts {
  readonly principal: Principal
  readonly sessionId: string
  /** `jti` of the refresh token. */
  readonly refreshId: string
  /** When the refresh token was first issued; the same facts give the same token. Milliseconds since the epoch. */
  readonly refreshedAt: number
  /** `jti` of the access token. */
  readonly accessId: string
}

/** The claims of a refresh token. */
export interface RefreshClaims extends SessionClaims {
  readonly jti: string
}

/** Issues and checks the JWTs of one app. */
export class JwtIssuer {
  readonly keys: ReturnType<typeof loadKeys>
  readonly accessLifetime: number
  readonly refreshLifetime: number
  readonly sessionLifetime: number
  readonly #issuer: string
  readonly #audience: string
  readonly #clock: () => number

  /** @throws TypeError for keys or lifetimes that cannot be used */
  constructor(options: JwtOptions, clock: () => number) {
    this.keys = loadKeys(options.keys, 'identity.jwt.keys')
    this.accessLifetime = assertSeconds(
      options.accessLifetime ?? 300,
      'identity.jwt.accessLifetime',
    )
    this.refreshLifetime = assertSeconds(
      options.refreshLifetime ?? 604_800,
      'identity.jwt.refreshLifetime',
    )
    this.sessionLifetime = assertSeconds(
      options.sessionLifetime ?? 7_776_000,
      'identity.jwt.sessionLifetime',
    )
    this.#issuer = options.issuer ?? 'mizan'
    this.#audience = options.audience ?? 'mizan'
    this.#clock = clock
  }

  /** A refresh token is issued under a given id and time, so that who asks twice gets the same one. */
  async issue(facts: PairFacts): Promise<TokenPair> {
    const { principal, sessionId } = facts
    const shared = {
      iss: this.#issuer,
      aud: this.#audience,
      sub: principal.id,
      sid: sessionId,
      staff: principal.staff,
      super: principal.superuser,
    }
    const issuedAt = Math.floor(this.#clock() / 1000)
    const refreshedAt = Math.floor(facts.refreshedAt / 1000)
    const [accessToken, refreshToken] = await Promise.all([
      signToken(this.keys, 'JWT', {
        ...shared,
        type: 'access',
        jti: facts.accessId,
        iat: issuedAt,
        exp: issuedAt + this.accessLifetime,
      }),
      signToken(this.keys, 'JWT', {
        ...shared,
        type: 'refresh',
        jti: facts.refreshId,
        iat: refreshedAt,
        exp: refreshedAt + this.refreshLifetime,
      }),
    ])
    return { accessToken, refreshToken, expiresIn: this.accessLifetime }
  }

  /** @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors` */
  verifyAccess(token: string): Promise<SessionClaims> {
    return this.#verify(token, 'access')
  }

  /** @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors` */
  verifyRefresh(token: string): Promise<RefreshClaims> {
    return this.#verify(token, 'refresh')
  }

  async #verify(token: string, type: 'access' | 'refresh'): Promise<RefreshClaims> {
    const payload = await verifyToken(token, {
      keys: this.keys,
      typ: 'JWT',
      audience: this.#audience,
      issuer: this.#issuer,
      required: [...sessionClaimNames, 'type', 'jti'],
      now: this.#clock(),
    })
    if (payload['type'] !== type) throw tokenRefusal('TOKEN_TYPE')
    const { jti } = payload
    if (typeof jti !== 'string') throw tokenRefusal('TOKEN_CLAIMS')
    return { ...readSessionClaims(payload), jti }
  }
}
