/** The request as a function may read it. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import { readBody } from './http/read-body.ts'

/** Read-only view of the request; obtained with `getRequest()`, or given to a guard. */
export interface RequestView {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** The peer's address as the backend trusts it. */
  readonly address: string | undefined
  /** A header by name, any case; several values are joined by `, `. */
  header(name: string): string | undefined
  cookie(name: string): string | undefined
  /** The raw body, read once and kept. */
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
  /** What somebody parsed before Mizan is given as it is. @throws MizanError `BAD_REQUEST` when the body is not JSON */
  json(): Promise<unknown>
}

/** Options of {@link createRequestView}. */
export interface RequestViewOptions {
  /** Largest body in bytes. */
  readonly bodyLimit: number
}

/** Wraps what the backend handed over. */
export function createRequestView(
  request: ProtocolRequest,
  options: RequestViewOptions,
): RequestView {
  return new LazyRequestView(request, options.bodyLimit)
}

/** Made for every request and asked by few: nothing is parsed before somebody asks. */
class LazyRequestView implements RequestView {
  readonly #request: ProtocolRequest
  readonly #bodyLimit: number
  #query: URLSearchParams | undefined
  #body: Promise<Uint8Array> | undefined

  constructor(request: ProtocolRequest, bodyLimit: number) {
    this.#request = request
    this.#bodyLimit = bodyLimit
  }

  get method(): string {
    return this.#request.method
  }

  get path(): string {
    return this.#request.path
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#request.query))
  }

  get address(): string | undefined {
    return this.#request.address
  }

  header(name: string): string | undefined {
    return headerOf(this.#request, name)
  }

  cookie(name: string): string | undefined {
    return cookieOf(headerOf(this.#request, 'cookie') ?? '', name)
  }

  bytes(): Promise<Uint8Array> {
    return (this.#body ??= readBody(this.#request, this.#bodyLimit))
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    if (this.#request.parsed !== undefined) return this.#request.parsed
    const source = await this.text()
    try {
      return JSON.parse(source) as unknown
    } catch (cause) {
      throw new MizanError('BAD_REQUEST', 'the body is not JSON', { cause })
    }
  }
}

/** A header's value; several are joined as HTTP allows. */
export function headerOf(request: ProtocolRequest, name: string): string | undefined {
  const value: unknown = request.headers[name.toLowerCase()]
  // What every object inherits (`constructor`, `__proto__`) is neither.
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(', ') : undefined
}

/** The media type without its parameters, in lower case; empty when there is none. */
export function mediaTypeOf(request: ProtocolRequest): string {
  const given = headerOf(request, 'content-type') ?? ''
  const end = given.indexOf(';')
  return (end === -1 ? given : given.slice(0, end)).trim().toLowerCase()
}

function cookieOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}
