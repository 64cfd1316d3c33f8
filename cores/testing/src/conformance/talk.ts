/** A client without opinions: sends what a case says, keeps cookies, hides nothing. */

import { CookieJar } from '../cookie-jar.ts'
import { Answer, ConformanceError } from './answer.ts'
import type { ConformanceTarget } from './conformance-case.ts'

/** What a request has besides method and path. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData
  readonly signal?: AbortSignal
}

/** Arguments by wire name. */
export type WireArguments = Readonly<Record<string, unknown>>

/** One visitor of the server, with a cookie jar of its own. */
export class Talk {
  readonly url: string
  readonly base: string
  readonly #target: ConformanceTarget
  readonly #jar = new CookieJar()

  constructor(target: ConformanceTarget) {
    this.#target = target
    this.url = target.url.replace(/\/$/, '')
    this.base = (target.base ?? '/api/mizan').replace(/\/$/, '')
  }

  /** @throws ConformanceError where there is none */
  get webSocket(): typeof WebSocket {
    const found = this.#target.WebSocket ?? (globalThis.WebSocket as typeof WebSocket | undefined) // cast: Node 20 has none
    if (found === undefined)
      throw new ConformanceError('there is no WebSocket here: run on Node 22, or pass one')
    return found
  }

  /** Another visitor of the same server. */
  another(): Talk {
    return new Talk(this.#target)
  }

  /** The `Cookie` header, for a case that tampers with it. */
  get cookies(): string {
    return this.#jar.header ?? ''
  }

  /** @param path from the root of the server, with its query */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await this.open(method, path, options)
    const shown = typeof options.body === 'string' ? ` ${options.body.slice(0, 200)}` : ''
    return new Answer(`${method} ${path}${shown}`, response, await response.text())
  }

  /** The same for an answer whose body is read piece by piece. */
  async open(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { ...options.headers }
    if (this.cookies !== '' && headers['cookie'] === undefined) headers['cookie'] = this.cookies
    const send = this.#target.fetch ?? fetch
    const response = await send(this.url + path, {
      method,
      headers,
      redirect: 'manual',
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    this.#jar.keep(response.headers)
    return response
  }

  /** GET of an endpoint under the base: `ctx/item/?item_id=5`. */
  get(endpoint: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('GET', `${this.base}/${endpoint}`, { headers })
  }

  /** POST of JSON to an endpoint under the base. */
  post(
    endpoint: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.request('POST', `${this.base}/${endpoint}`, {
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  /** Calls a function the usual way. */
  call(
    fn: string,
    args: WireArguments = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.post('call/', { fn, args }, headers)
  }

  /** Becomes one of the fixture's people. @throws ConformanceError when that fails */
  async signIn(user: string): Promise<this> {
    const answer = await this.call('sign_in', { user })
    answer.hasStatus(200)
    return this
  }
}
