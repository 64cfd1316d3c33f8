/** The headers of a fetch `Request` as a record, each read when somebody asks for it. */

import type { Headers as HeaderRecord } from '@mizan/protocol'

/**
 * A view: copying a `Headers` costs several times what reading a few of them does, and few are read. It says what the request
 * says, whatever middleware has changed.
 */
export function toHeaderRecord(request: Request): HeaderRecord {
  return new Proxy<HeaderRecord>(Object.create(null) as HeaderRecord, new HeaderView(request)) // cast: an empty record
}

class HeaderView implements ProxyHandler<HeaderRecord> {
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  get(_: HeaderRecord, name: string | symbol): string | undefined {
    if (typeof name === 'symbol') return undefined
    const value = valueOf(this.#request.headers, name)
    if (value !== null) return value
    // Some runtimes keep the host in the URL alone.
    return name === 'host' ? new URL(this.#request.url).host : undefined
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

function valueOf(headers: Headers, name: string): string | null {
  try {
    return headers.get(name)
  } catch {
    // Of what cannot be a name (`:authority`, say) there is none.
    return null
  }
}
