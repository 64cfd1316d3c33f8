/** Sessions of tokens: obtained, refreshed, recognised (PROTOCOL section 7). */

import { randomUUID } from 'node:crypto'
import type { ProtocolRequest } from '@mizan/protocol'
import { readCredential } from './credentials.ts'
import { JwtIssuer, type JwtOptions, type TokenPair } from './jwt.ts'
import { MwtIssuer, type MwtOptions, type ReadToken } from './mwt.ts'
import { permissionKey } from './permission-key.ts'
import type { Principal } from './principal.ts'
import { rotationGrace } from './refresh-rotation.ts'
import type { SessionClaims } from './session-claims.ts'
import type { SessionKeeper } from './session-keeper.ts'
import { tokenRefusal } from './token-refusal.ts'

/** What token sessions work with. */
export interface TokenSessionsOptions {
  readonly jwt: JwtOptions | undefined
  readonly mwt: MwtOptions | undefined
  readonly keeper: SessionKeeper
  readonly clock: () => number
}

/** Whom a token made known. */
export interface KnownByToken {
  readonly principal: Principal
  readonly sessionId: string
}

/** Everything that an app does with tokens. */
export class TokenSessions {
  readonly jwt: JwtIssuer | undefined
  readonly mwt: MwtIssuer | undefined
  readonly #keeper: SessionKeeper
  readonly #clock: () => number

  /** @throws TypeError for keys that cannot be used */
  constructor(options: TokenSessionsOptions) {
    this.#keeper = options.keeper
    this.#clock = options.clock
    this.jwt = options.jwt && new JwtIssuer(options.jwt, options.clock)
    this.mwt = options.mwt && new MwtIssuer(options.mwt, options.clock)
  }

  /**
   * Who the header of a request speaks for; `undefined` without one.
   *
   * @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors`
   */
  async recognise(request: ProtocolRequest): Promise<KnownByToken | undefined> {
    const credential = readCredential(request.headers)
    if (credential?.kind === 'mwt') return this.#byMwt(credential.token, request.method)
    // Without JWTs a bearer token is the application's own business.
    if (credential === undefined || this.jwt === undefined) return undefined
    return this.#known(await this.jwt.verifyAccess(credential.token))
  }

  /** Starts a session. @throws TypeError without `identity.jwt`, or for an id that nobody has */
  async obtain(id: string): Promise<TokenPair> {
    const jwt = this.#requireJwt('issueTokens')
    const principal = await this.#keeper.resolve(id)
    if (principal === null) throw unknownPrincipal('issueTokens', id)
    const [refreshId, refreshedAt] = [randomUUID(), this.#clock()]
    const session = await this.#keeper.startTokens(id, {
      refresh: { current: refreshId, rotatedAt: refreshedAt },
      lifetime: jwt.sessionLifetime,
      ttl: jwt.refreshLifetime,
    })
    const accessId = randomUUID()
    return jwt.issue({ principal, sessionId: session.id, refreshId, refreshedAt, accessId })
  }

  /** @throws MizanError `UNAUTHORIZED`; `REFRESH_REUSED` has ended the session */
  async refresh(token: string): Promise<TokenPair> {
    const jwt = this.#requireJwt('refreshTokens')
    const claims = await jwt.verifyRefresh(token)
    const { principal, sessionId } = await this.#known(claims)
    const rotated = await this.#keeper.rotate(sessionId, {
      presented: claims.jti,
      successor: randomUUID(),
      now: this.#clock(),
      grace: rotationGrace,
      ttl: jwt.refreshLifetime,
    })
    if (rotated.state === 'reused') throw tokenRefusal('REFRESH_REUSED')
    if (rotated.state === 'ended') throw tokenRefusal('SESSION_ENDED')
    const { current: refreshId, rotatedAt: refreshedAt } = rotated
    return jwt.issue({ principal, sessionId, refreshId, refreshedAt, accessId: randomUUID() })
  }

  /** @throws TypeError without `identity.mwt` */
  issueMwt(principal: Principal, sessionId: string): Promise<ReadToken> {
    if (this.mwt === undefined)
      throw new TypeError('issueMwt needs createApp({ identity: { mwt } })')
    return this.mwt.issue(principal, sessionId)
  }

  async #byMwt(token: string, method: string): Promise<KnownByToken> {
    if (this.mwt === undefined) throw tokenRefusal('TOKEN_UNSUPPORTED')
    const claims = await this.mwt.verify(token, method)
    const known = await this.#known(claims)
    if (permissionKey(known.principal) !== claims.pkey) throw tokenRefusal('PRINCIPAL_CHANGED')
    return known
  }

  /** The claims say who it was; the store and `resolve` say who it is. */
  async #known({ sub, sid }: SessionClaims): Promise<KnownByToken> {
    const principal = await this.#keeper.principalOf(sid)
    if (principal === undefined || principal.id !== sub) throw tokenRefusal('SESSION_ENDED')
    return { principal, sessionId: sid }
  }

  #requireJwt(asker: string): JwtIssuer {
    if (this.jwt !== undefined) return this.jwt
    throw new TypeError(`${asker} needs createApp({ identity: { jwt } })`)
  }
}

/** For an id that `resolve` knows nobody by. */
export function unknownPrincipal(asker: string, id: string): TypeError {
  return new TypeError(`${asker}("${id.slice(0, 40)}"): identity.resolve knows no such principal`)
}
