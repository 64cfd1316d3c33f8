/** Who is asking, and did they mean to: sessions by cookie and by token, and the defence of unsafe requests. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import { type CookieShape, cookieName, formatCookie, readCookie } from './cookies.ts'
import { FormTokens } from './form-tokens.ts'
import type {
  Identified,
  Identity,
  IdentityEnvironment,
  IdentityOptions,
} from './identity-options.ts'
import { MemorySessionStore } from './memory-session-store.ts'
import { assertOrigins, assertSameOrigin, isFormEncoded } from './same-origin.ts'
import { assertSecret, Seal } from './seal.ts'
import { assertSeconds } from './seconds.ts'
import { assertKeysDiffer, assertSecretsDiffer, secretsOf } from './secrets.ts'
import { SessionKeeper, sessionIdOf } from './session-keeper.ts'
import type { SessionStore } from './sessions.ts'
import { TokenSessions, unknownPrincipal } from './token-sessions.ts'

/** Nobody in particular. */
export const anonymous: Identified = Object.freeze({
  principal: undefined,
  sessionId: undefined,
  viaHeader: false,
  setCookies: Object.freeze([]),
})

const defaultMaxAge = 14 * 24 * 60 * 60

/** @throws TypeError for secrets under 32 bytes or equal, unsuitable keys, an origin that is none, or a store that lacks a method. */
export function createIdentity(options: IdentityOptions, env: IdentityEnvironment): Identity {
  assertSecret(options.secret, 'identity.secret')
  assertSecretsDiffer(secretsOf(options))
  const trustedOrigins = [...(options.trustedOrigins ?? [])]
  assertOrigins(trustedOrigins)
  const { clock } = env
  const { secure = true, idle } = options.cookie ?? {}
  const maxAge = assertSeconds(options.cookie?.maxAge ?? defaultMaxAge, 'identity.cookie.maxAge')
  if (idle !== undefined) assertSeconds(idle, 'identity.cookie.idle')
  const store: SessionStore = options.sessions ?? new MemorySessionStore({ clock })
  assertStore(store, options)
  const keeper = new SessionKeeper({ store, resolve: options.resolve, clock, maxAge, idle })
  const tokens = new TokenSessions({ jwt: options.jwt, mwt: options.mwt, keeper, clock })
  if (tokens.jwt && tokens.mwt) assertKeysDiffer(tokens.jwt.keys, tokens.mwt.keys)
  const sessionCookie: CookieShape = { name: 'mizan-session', secure }
  const sessionSeal = new Seal(options.secret, 'session')
  const openSession = (request: ProtocolRequest): string | undefined => {
    const cookie = readCookie(request.headers, cookieName(sessionCookie))
    return cookie.state === 'present' ? sessionSeal.open(cookie.value) : undefined
  }
  const forms = new FormTokens(options.secret, secure, openSession)
  const clearing = formatCookie(sessionCookie, '', 0)
  const invalid: Identified = Object.freeze({ ...anonymous, setCookies: Object.freeze([clearing]) })

  const byCookie = async (request: ProtocolRequest): Promise<Identified> => {
    const cookie = readCookie(request.headers, cookieName(sessionCookie))
    if (cookie.state === 'absent') return anonymous
    const secret = openSession(request)
    if (secret === undefined) return invalid
    const sessionId = sessionIdOf(secret)
    const principal = await keeper.principalOf(sessionId)
    if (principal === undefined) return invalid
    return { principal, sessionId, viaHeader: false, setCookies: [] }
  }
  const identify = async (request: ProtocolRequest): Promise<Identified> => {
    const known = await tokens.recognise(request)
    return known === undefined ? byCookie(request) : { ...anonymous, ...known, viaHeader: true }
  }

  return {
    identify,

    async recognise(request) {
      try {
        return await identify(request)
      } catch (error) {
        if (error instanceof MizanError && error.code === 'UNAUTHORIZED')
          return { ...anonymous, refusal: error }
        throw error
      }
    },

    csrfToken: (request, identified) =>
      forms.issue(request, identified !== undefined && identified.sessionId === undefined),

    checkSameOrigin(request, { formToken }) {
      assertSameOrigin(request, { trustedOrigins, secure })
      if (isFormEncoded(request)) forms.check(request, formToken)
    },

    async assertKnown(id) {
      if ((await keeper.resolve(id)) === null) throw unknownPrincipal('signIn', id)
    },

    async signIn(identified, id) {
      if ((await keeper.resolve(id)) === null) throw unknownPrincipal('signIn', id)
      const { id: secret, sealed } = sessionSeal.issue()
      await keeper.startBrowser(secret, id)
      // An id that somebody planted in this browser before must not become the signed-in one.
      await keeper.end(identified.sessionId)
      return formatCookie(sessionCookie, sealed, maxAge)
    },

    async signOut(identified) {
      await keeper.end(identified.sessionId)
      return clearing
    },

    issueTokens: (id) => tokens.obtain(id),
    refreshTokens: (refreshToken) => tokens.refresh(refreshToken),

    async issueMwt({ principal, sessionId }) {
      if (principal === undefined || sessionId === undefined)
        throw new MizanError('UNAUTHORIZED', 'there is nobody to issue a token for: sign in first')
      return tokens.issueMwt(principal, sessionId)
    },

    listSessions: (user) => keeper.list(user),

    async endSessions(user, except) {
      const sessions = await keeper.list(user)
      await Promise.all(sessions.map(({ id }) => (id === except ? undefined : keeper.end(id))))
    },

    close: async () => store.close?.(),
  }
}

/** What is missing is told at boot, not to the first caller who needs it. */
function assertStore(store: SessionStore, { jwt, cookie }: IdentityOptions): void {
  const needs = [
    ['rotate', 'identity.jwt', jwt !== undefined],
    ['touch', 'identity.cookie.idle', cookie?.idle !== undefined],
  ] as const
  for (const [method, option, isNeeded] of needs) {
    if (isNeeded && store[method] === undefined)
      throw new TypeError(`${option} needs a session store with ${method}(), as RedisSessionStore`)
  }
}
