/** Cookie sessions and the defence of unsafe requests: who is asking, and did they mean to. */

import { createHash } from 'node:crypto'
import { headerNames, MizanError, type ProtocolRequest } from '@mizan/protocol'
import { type CookieShape, cookieName, formatCookie, readCookie } from './cookies.ts'
import type { Principal } from './principal.ts'
import { assertOrigins, assertSameOrigin, isFormEncoded } from './same-origin.ts'
import { assertSecret, Seal } from './seal.ts'
import { MemorySessionStore, type SessionStore } from './sessions.ts'

/** How an app knows its callers. */
export interface IdentityOptions {
  /** At least 32 bytes; the same on every process. Changing it signs everybody out. */
  readonly secret: string
  /** @default sessions of this process */
  readonly sessions?: SessionStore
  /** The principal of an id, resolved on each request; `null` ends the session. */
  readonly resolve: (id: string) => Promise<Principal | null>
  /** Other origins whose pages may make unsafe requests: `https://admin.example.com`. */
  readonly trustedOrigins?: readonly string[]
  readonly cookie?: CookieOptions
}

/** The session cookie. */
export interface CookieOptions {
  /** `false` only to develop over plain http: drops `Secure` and the `__Host-` prefix. @default true */
  readonly secure?: boolean
  /** Seconds that a session lives. @default 1_209_600 (14 days) */
  readonly maxAge?: number
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

/** The identity of one app. */
export interface Identity {
  /**
   * An invalid cookie is an anonymous caller with a clearing `Set-Cookie`.
   *
   * @throws MizanError `UNAUTHORIZED` for an explicit token that is not valid, `UNAVAILABLE` when the session store fails
   */
  identify(request: ProtocolRequest): Promise<Identified>
  /**
   * The token that form-encoded requests carry, bound to the session, or to a cookie made for the purpose
   * (`setCookie`). Pass `identified`, so that a session that has ended is not bound to.
   */
  csrfToken(
    request: ProtocolRequest,
    identified?: Identified,
  ): { readonly token: string; readonly setCookie?: string }
  /**
   * For every unsafe request, sign-in included, and for the upgrade to a socket.
   *
   * @throws MizanError `FORBIDDEN`
   * @see PROTOCOL section 7
   */
  checkSameOrigin(request: ProtocolRequest, options: { readonly formToken?: string }): void
  /** Starts a new session, ends the caller's old one, and gives the `Set-Cookie`. */
  signIn(identified: Identified, id: string): Promise<string>
  /** Ends the session and gives the `Set-Cookie` that clears it. */
  signOut(identified: Identified): Promise<string>
}

const anonymous: Identified = Object.freeze({
  principal: undefined,
  sessionId: undefined,
  viaHeader: false,
  setCookies: Object.freeze([]),
})

const defaultMaxAge = 14 * 24 * 60 * 60

/** @throws TypeError for a secret under 32 bytes or an origin that is none. */
export function createIdentity(options: IdentityOptions, env: IdentityEnvironment): Identity {
  assertSecret(options.secret, 'identity.secret')
  const trustedOrigins = [...(options.trustedOrigins ?? [])]
  assertOrigins(trustedOrigins)
  const sessions = options.sessions ?? new MemorySessionStore({ clock: env.clock })
  const secure = options.cookie?.secure ?? true
  const maxAge = options.cookie?.maxAge ?? defaultMaxAge
  const sessionCookie: CookieShape = { name: 'mizan-session', secure }
  const formCookie: CookieShape = { name: 'mizan-form', secure }
  const sessionSeal = new Seal(options.secret, 'session')
  const formSeal = new Seal(options.secret, 'form cookie')
  const tokenSeal = new Seal(options.secret, 'form token')
  const clearing = formatCookie(sessionCookie, '', 0)
  const invalid: Identified = Object.freeze({ ...anonymous, setCookies: Object.freeze([clearing]) })

  const sealedIn = (
    request: ProtocolRequest,
    shape: CookieShape,
    seal: Seal,
  ): string | undefined => {
    const cookie = readCookie(request.headers, cookieName(shape))
    return cookie.state === 'present' ? seal.open(cookie.value) : undefined
  }

  /** What a form token of this request is bound to; the session before the cookie made for forms. */
  const boundTo = (request: ProtocolRequest): string | undefined => {
    const session = sealedIn(request, sessionCookie, sessionSeal)
    if (session !== undefined) return `session ${digest(session)}`
    const form = sealedIn(request, formCookie, formSeal)
    return form === undefined ? undefined : `form ${form}`
  }

  return {
    async identify(request) {
      if (request.headers[headerNames.token] !== undefined) {
        throw new MizanError('UNAUTHORIZED', `the token in ${headerNames.token} is not valid here`)
      }
      const cookie = readCookie(request.headers, cookieName(sessionCookie))
      if (cookie.state === 'absent') return anonymous
      const id = cookie.state === 'present' ? sessionSeal.open(cookie.value) : undefined
      if (id === undefined) return invalid
      const sessionId = digest(id)
      const session = await available(() => sessions.get(sessionId))
      if (session === undefined || session.createdAt + maxAge * 1000 <= env.clock()) return invalid
      const principal = await options.resolve(session.user)
      if (principal === null) {
        await available(() => sessions.delete(sessionId))
        return invalid
      }
      return { principal, sessionId, viaHeader: false, setCookies: [] }
    },

    csrfToken(request, identified) {
      const ended = identified !== undefined && identified.sessionId === undefined
      const bound = ended ? undefined : boundTo(request)
      if (bound !== undefined) return { token: tokenSeal.mac(bound) }
      const kept = sealedIn(request, formCookie, formSeal)
      if (kept !== undefined) return { token: tokenSeal.mac(`form ${kept}`) }
      const { id, sealed } = formSeal.issue()
      return { token: tokenSeal.mac(`form ${id}`), setCookie: formatCookie(formCookie, sealed) }
    },

    checkSameOrigin(request, { formToken }) {
      assertSameOrigin(request, { trustedOrigins, secure })
      if (!isFormEncoded(request)) return
      const bound = boundTo(request)
      if (formToken === undefined || bound === undefined || !tokenSeal.matches(bound, formToken)) {
        throw new MizanError(
          'FORBIDDEN',
          'a form-encoded request needs the token of GET session/, and the cookie that came with it',
        )
      }
    },

    async signIn(identified, id) {
      if ((await options.resolve(id)) === null) {
        throw new TypeError(
          `signIn("${id.slice(0, 40)}"): identity.resolve knows no such principal`,
        )
      }
      const { id: secretId, sealed } = sessionSeal.issue()
      const session = { id: digest(secretId), user: id, createdAt: env.clock() }
      await available(() => sessions.create(session, maxAge))
      // An id that somebody planted in this browser before must not become the signed-in one.
      await end(identified)
      return formatCookie(sessionCookie, sealed, maxAge)
    },

    async signOut(identified) {
      await end(identified)
      return clearing
    },
  }

  async function end(identified: Identified): Promise<void> {
    const { sessionId } = identified
    if (sessionId !== undefined) await available(() => sessions.delete(sessionId))
  }
}

/** A store that is down must not look like a caller who is signed out. */
async function available<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw new MizanError('UNAVAILABLE', 'the session store does not answer', { cause })
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
