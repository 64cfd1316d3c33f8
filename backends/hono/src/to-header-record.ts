/** The headers of a fetch `Request` as a record, each read when somebody asks for it. */

import type { Headers as HeaderRecord } from '@mizan/protocol'

/**
 * A view: copying a `Headers` costs several times what reading a few of them does, and few are read. It says what the request
 * says, whatever middleware has changed.
 */
export function toHeaderRecord(request: Request): HeaderRecord {
  return new Proxy<HeaderRecord>(Object.create(null) as HeaderRecord, new HeaderView(request)) // cast: an empty record
}

const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

class HeaderView implements ProxyHandler<HeaderRecord> {
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  get(_: HeaderRecord, name: string | symbol): string | undefined {
    // Of what cannot be a name (`:authority`, say) there is none; a `Headers` throws.
    if (typeof name === 'symbol' || !token.test(name)) return undefined
    const { headers, url } = this.#request
    // Some runtimes keep the host in the URL alone.
    return headers.get(name) ?? (name === 'host' ? new URL(url).host : undefined)
  }

  has(target: HeaderRecord, name: string | symbol): boolean {
    return this.get(target, name) !== undefined
  }

  ownKeys(): string[] {
    return [...new Set([...this.#request.headers.keys(), 'host'])]
  }

  getOwnPropertyDescriptor(
    target: HeaderRecord,
    name: string | symbol,
  ): PropertyDescriptor | undefined {
    const value = this.get(target, name)
    return value === undefined
      ? undefined
      : { value, enumerable: true, configurable: true, writable: false }
  }

  set(): boolean {
    return false
  }
}
