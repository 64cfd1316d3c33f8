/** The token that tells an edge who asks: short-lived, for reads only, under a key of its own (PROTOCOL section 7). */

import { loadKeys, type TokenKey } from './keys.ts'
import { permissionKey } from './permission-key.ts'
import type { Principal } from './principal.ts'
import { assertSeconds } from './seconds.ts'
import { readSessionClaims, type SessionClaims, sessionClaimNames } from './session-claims.ts'
import { tokenRefusal } from './token-refusal.ts'
import { signToken, verifyToken } from './verify-token.ts'

/** How an app issues MWTs. */
export interface MwtOptions {
  /** The first signs, all check. Asymmetric ones let the edge hold only the public half. */
  readonly keys: readonly TokenKey[]
  /** `aud`. @default 'mizan-edge' */
  readonly audience?: string
  /** Seconds. @default 300 */
  readonly lifetime?: number
}

/** What `mwt_obtain` answers. */
export interface ReadToken {
  /** For the header `X-Mizan-Token` of GET, HEAD and QUERY. */
  readonly token: string
  /** Seconds until it expires. */
  readonly expiresIn: number
}

/** The claims of an MWT. */
export interface MwtClaims extends SessionClaims {
  /** Of the principal as it was when the token was issued. */
  readonly pkey: string
}

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'QUERY'])

/** Issues and checks the MWTs of one app. */
export class MwtIssuer {
  readonly keys: ReturnType<typeof loadKeys>
  readonly #audience: string
  readonly #lifetime: number
  readonly #clock: () => number

  /** @throws TypeError for keys or a lifetime that cannot be used */
  constructor(options: MwtOptions, clock: () => number) {
    this.keys = loadKeys(options.keys, 'identity.mwt.keys')
    this.#audience = options.audience ?? 'mizan-edge'
    this.#lifetime = assertSeconds(options.lifetime ?? 300, 'identity.mwt.lifetime')
    this.#clock = clock
  }

  async issue(principal: Principal, sessionId: string): Promise<ReadToken> {
    const issuedAt = Math.floor(this.#clock() / 1000)
    const token = await signToken(this.keys, 'MWT', {
      aud: this.#audience,
      sub: principal.id,
      sid: sessionId,
      pkey: permissionKey(principal),
      staff: principal.staff,
      super: principal.superuser,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + this.#lifetime,
    })
    return { token, expiresIn: this.#lifetime }
  }

  /** @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors` */
  async verify(token: string, method: string): Promise<MwtClaims> {
    const payload = await verifyToken(token, {
      keys: this.keys,
      typ: 'MWT',
      audience: this.#audience,
      required: [...sessionClaimNames, 'pkey', 'nbf'],
      now: this.#clock(),
    })
    const { pkey } = payload
    if (typeof pkey !== 'string') throw tokenRefusal('TOKEN_CLAIMS')
    if (!readMethods.has(method)) throw tokenRefusal('TOKEN_METHOD')
    return { ...readSessionClaims(payload), pkey }
  }
}
