/** Who is on the other end of a live connection, asked anew for every call and push. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { changeRequest } from '../http/change-request.ts'
import { type Identified, principalKey } from '../identity/index.ts'
import { createRequestView } from '../request-view.ts'
import type { Exchange } from '../scope.ts'
import { socketEditor } from './socket-editor.ts'

/** The session is over, or its token. */
export class SessionEnded extends MizanError {
  constructor(cause?: unknown) {
    super('UNAUTHORIZED', 'the session has ended: sign in again', { cause })
  }
}

/** What a look at the caller found. */
export interface Look {
  readonly exchange: Exchange
  /** It is somebody else than before, or may do other things: guards are to be asked again. */
  readonly changed: boolean
}

/** The caller of one connection, by the credentials of its upgrade request or of its last `auth` frame. */
export class Caller {
  readonly #engine: Engine
  #request: ProtocolRequest
  /** Digest of the principal that the last look found; `undefined` before the first. */
  #known: string | undefined
  #session: string | undefined

  constructor(engine: Engine, request: ProtocolRequest) {
    this.#engine = engine
    this.#request = request
  }

  /** Of the session that the last look found. */
  get session(): string | undefined {
    return this.#session
  }

  /**
   * Asks who it is now.
   *
   * @throws SessionEnded when it was somebody, and that session is over
   * @throws MizanError `UNAVAILABLE` when nobody can tell
   */
  async look(): Promise<Look> {
    const before = this.#known
    const exchange = await this.#identify()
    const now = keyOf(exchange)
    const wasSomebody = before !== undefined && before !== anonymous
    if (wasSomebody && (exchange.principal === undefined || idOf(before) !== idOf(now)))
      throw new SessionEnded()
    this.#remember(exchange)
    return { exchange, changed: before !== undefined && before !== now }
  }

  /**
   * Takes another token, or with `null` the credentials of the upgrade request again.
   *
   * @throws SessionEnded for a token that is not valid
   */
  async authenticate(token: string | null, upgrade: ProtocolRequest): Promise<Look> {
    const before = this.#known
    this.#request = token === null ? upgrade : withToken(upgrade, token)
    const exchange = await this.#identify()
    if (token !== null && this.#engine.identity !== undefined && exchange.principal === undefined)
      throw new SessionEnded()
    this.#remember(exchange)
    return { exchange, changed: before !== keyOf(exchange) }
  }

  async #identify(): Promise<Exchange> {
    const { identity, limits, container } = this.#engine
    try {
      const identified = identity === undefined ? nobody : await identity.identify(this.#request)
      return {
        principal: identified.principal,
        identified,
        request: createRequestView(this.#request, { bodyLimit: limits.body }),
        response: socketEditor,
        container,
        sessionChange: undefined,
        sessionCookie: undefined,
        incoming: this.#request,
        forms: this.#engine.forms,
      }
    } catch (error) {
      if (error instanceof MizanError && error.code === 'UNAUTHORIZED')
        throw new SessionEnded(error)
      throw error
    }
  }

  #remember(exchange: Exchange): void {
    this.#known = keyOf(exchange)
    this.#session = exchange.identified.sessionId
  }
}

const anonymous = ''

const nobody: Identified = Object.freeze({
  principal: undefined,
  sessionId: undefined,
  viaHeader: false,
  setCookies: [],
})

/** Everything that a guard may decide by. */
function keyOf({ principal }: Exchange): string {
  return principal === undefined
    ? anonymous
    : `${encodeURIComponent(principal.id)} ${principalKey(principal) ?? ''}`
}

function idOf(key: string): string {
  return key.slice(0, key.indexOf(' '))
}

/** The token alone decides: neither the cookie nor another header that came with the upgrade. */
function withToken(request: ProtocolRequest, token: string): ProtocolRequest {
  const { cookie: _cookie, 'x-mizan-token': _token, ...headers } = request.headers
  return changeRequest(request, { headers: { ...headers, authorization: `Bearer ${token}` } })
}
