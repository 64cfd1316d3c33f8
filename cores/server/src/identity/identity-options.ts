/** How an app knows its callers, and what is known of one. */

import type { MizanError, ProtocolRequest } from '@mizan/protocol'
import type { FormToken } from './form-tokens.ts'
import type { JwtOptions, TokenPair } from './jwt.ts'
import type { MwtOptions, ReadToken } from './mwt.ts'
import type { Principal } from './principal.ts'
import type { SessionInfo } from './session-keeper.ts'
import type { SessionStore } from './sessions.ts'

/** How an app knows its callers. */
export interface IdentityOptions {
  /** At least 32 bytes; the same on every process. Changing it ends the sessions of all browsers. */
  readonly secret: string
  /** @default sessions of this process */
  readonly sessions?: SessionStore
  /** The principal of an id, resolved on each request; `null` ends the session. */
  readonly resolve: (id: string) => Promise<Principal | null>
  /** Other origins whose pages may make unsafe requests: `https://admin.example.com`. */
  readonly trustedOrigins?: readonly string[]
  readonly cookie?: CookieOptions
  /** For clients without cookies: access and refresh tokens. */
  readonly jwt?: JwtOptions
  /** For an edge in front of the app: tokens that say who reads. */
  readonly mwt?: MwtOptions
}

/** The session cookie. */
export interface CookieOptions {
  /** `false` only to develop over plain http: drops `Secure` and the `__Host-` prefix. @default true */
  readonly secure?: boolean
  /** Seconds that a session lives, however much it is used. @default 1_209_600 (14 days) */
  readonly maxAge?: number
  /** Seconds after which a session that nobody used is over. @default as long as it lives */
  readonly idle?: number
}

/** What identity takes from its surroundings. */
export interface IdentityEnvironment {
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** Who made a request. */
export interface Identified {
  readonly principal: Principal | undefined
  /** Digest of the session's id, as the store knows it. */
  readonly sessionId: string | undefined
  /** Known by an explicit header, which no other site can make a browser send. */
  readonly viaHeader: boolean
  /** To send with the answer: clears a cookie that is worth nothing. */
  readonly setCookies: readonly string[]
}

/** Who made a request, or why its token was refused: some functions do not care. */
export interface Recognised extends Identified {
  /** `UNAUTHORIZED`; the caller is anonymous then. */
  readonly refusal?: MizanError
}

/** The identity of one app. */
export interface Identity {
  /**
   * An invalid cookie is an anonymous caller with a clearing `Set-Cookie`.
   *
   * @throws MizanError `UNAUTHORIZED` for an explicit token that is not valid, `UNAVAILABLE` when the session store fails
   */
  identify(request: ProtocolRequest): Promise<Identified>
  /** The same, with a refused token as `refusal`. Whoever asks has to look. @throws MizanError `UNAVAILABLE` */
  recognise(request: ProtocolRequest): Promise<Recognised>
  /**
   * The token that form-encoded requests carry, bound to the session, or to a cookie made for the purpose
   * (`setCookie`). Pass `identified`, so that a session that has ended is not bound to.
   */
  csrfToken(request: ProtocolRequest, identified?: Identified): FormToken
  /**
   * For every unsafe request, sign-in included, and for the upgrade to a socket.
   *
   * @throws MizanError `FORBIDDEN`
   * @see PROTOCOL section 7
   */
  checkSameOrigin(request: ProtocolRequest, options: { readonly formToken?: string }): void
  /** @throws TypeError when `resolve` knows nobody by this id */
  assertKnown(id: string): Promise<void>
  /** Starts a new session, ends the caller's old one, and gives the `Set-Cookie`. */
  signIn(identified: Identified, id: string): Promise<string>
  /** Ends the session and gives the `Set-Cookie` that clears it. */
  signOut(identified: Identified): Promise<string>
  /** Starts a session of tokens. @throws TypeError without `jwt`, or for an id that nobody has */
  issueTokens(id: string): Promise<TokenPair>
  /** @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors` */
  refreshTokens(refreshToken: string): Promise<TokenPair>
  /** @throws MizanError `UNAUTHORIZED` for an anonymous caller; TypeError without `mwt` */
  issueMwt(identified: Identified): Promise<ReadToken>
  /** The last seen first. */
  listSessions(user: string): Promise<readonly SessionInfo[]>
  /** Ends the sessions of a user, but for one. */
  endSessions(user: string, except?: string): Promise<void>
  close(): Promise<void>
}
