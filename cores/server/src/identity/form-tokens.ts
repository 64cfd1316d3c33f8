/** The token that form-encoded requests carry: an HMAC bound to the session, or to what stands for one before sign-in. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import { type CookieShape, cookieName, formatCookie, readCookie } from './cookies.ts'
import { Seal } from './seal.ts'
import { sessionIdOf } from './session-keeper.ts'

/** A token, and the cookie that it is bound to when that is new. */
export interface FormToken {
  readonly token: string
  readonly setCookie?: string
}

/** What a cookie holds once its MAC has been checked. */
export type OpenCookie = (request: ProtocolRequest) => string | undefined

/** Issues and checks the form tokens of one app. */
export class FormTokens {
  readonly #cookie: CookieShape
  readonly #cookieSeal: Seal
  readonly #tokenSeal: Seal
  readonly #openSession: OpenCookie

  /** @param openSession the secret in the session cookie */
  constructor(secret: string, secure: boolean, openSession: OpenCookie) {
    this.#cookie = { name: 'mizan-form', secure }
    this.#cookieSeal = new Seal(secret, 'form cookie')
    this.#tokenSeal = new Seal(secret, 'form token')
    this.#openSession = openSession
  }

  /** @param sessionEnded the cookie still names a session, and there is none */
  issue(request: ProtocolRequest, sessionEnded: boolean): FormToken {
    const bound = sessionEnded ? this.#boundToForm(request) : this.#boundTo(request)
    if (bound !== undefined) return { token: this.#tokenSeal.mac(bound) }
    const { id, sealed } = this.#cookieSeal.issue()
    const token = this.#tokenSeal.mac(`form ${id}`)
    return { token, setCookie: formatCookie(this.#cookie, sealed) }
  }

  /** @throws MizanError `FORBIDDEN` */
  check(request: ProtocolRequest, token: string | undefined): void {
    const bound = this.#boundTo(request)
    if (token === undefined || bound === undefined || !this.#tokenSeal.matches(bound, token)) {
      throw new MizanError(
        'FORBIDDEN',
        'a form-encoded request needs the token of GET session/, and the cookie that came with it',
      )
    }
  }

  /** The session before the cookie made for forms. */
  #boundTo(request: ProtocolRequest): string | undefined {
    const session = this.#openSession(request)
    return session === undefined ? this.#boundToForm(request) : `session ${sessionIdOf(session)}`
  }

  #boundToForm(request: ProtocolRequest): string | undefined {
    const cookie = readCookie(request.headers, cookieName(this.#cookie))
    const id = cookie.state === 'present' ? this.#cookieSeal.open(cookie.value) : undefined
    return id === undefined ? undefined : `form ${id}`
  }
}
