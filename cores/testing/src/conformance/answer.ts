/** An answer together with the request that it answers, and what may be expected of it. */

import type { ErrorBody } from '@mizan/protocol'

/** A server does something else than the protocol says. */
export class ConformanceError extends Error {
  override readonly name: string = 'ConformanceError'
}

/** What came back. */
export class Answer {
  readonly request: string
  readonly status: number
  readonly headers: Headers
  readonly text: string

  constructor(request: string, response: Response, text: string) {
    this.request = request
    this.status = response.status
    this.headers = response.headers
    this.text = text
  }

  /** @throws ConformanceError */
  hasStatus(status: number): this {
    return this.expect(this.status === status, `status ${status}`)
  }

  /** 200 and exactly these bytes. @throws ConformanceError */
  isExactly(text: string): this {
    return this.hasStatus(200).expect(this.text === text, `the body ${text}`)
  }

  /** 200 and this JSON, whatever the order of its keys. @throws ConformanceError */
  is(value: unknown): this {
    this.hasStatus(200)
    const wanted = sortedJson(value)
    return this.expect(sortedJson(this.json()) === wanted, `the body ${wanted}`)
  }

  /** The error envelope with this code. @throws ConformanceError */
  isError(status: number, code: string): ErrorBody {
    this.hasStatus(status)
    const body = this.json()
    const error = isObject(body) ? body['error'] : undefined
    const fits = isObject(error) && typeof error['message'] === 'string' && error['code'] === code
    this.expect(fits, `{"error":{"code":"${code}","message":…}}`)
    const id = isObject(error) ? error['id'] : undefined
    this.expect(
      status >= 500 ? typeof id === 'string' && id !== '' : id === undefined,
      status >= 500 ? 'an id, under which the server has logged the cause' : 'no id below 500',
    )
    // cast: checked above
    return error as unknown as ErrorBody
  }

  /** A header with this value; `null` for none. @throws ConformanceError */
  hasHeader(name: string, value: string | null): this {
    const wanted = value === null ? `no header ${name}` : `the header ${name}: ${value}`
    return this.expect(this.headers.get(name) === value, wanted)
  }

  /** The parsed body. @throws ConformanceError */
  json(): unknown {
    try {
      return JSON.parse(this.text) as unknown
    } catch {
      throw this.failure('a body of JSON')
    }
  }

  /** @param wanted what a server does, as a noun */
  expect(fits: boolean, wanted: string): this {
    if (!fits) throw this.failure(wanted)
    return this
  }

  /** Says what was sent, expected and received. */
  failure(wanted: string): ConformanceError {
    const headers = [...this.headers].map(([name, value]) => `  ${name}: ${value}`).join('\n')
    return new ConformanceError(
      `${this.request}\nexpected ${wanted}\ngot status ${this.status}\n${headers}\n\n${this.text.slice(0, 1_000)}`,
    )
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON.stringify calls the function with each object before it writes it. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(byName)) : part,
  )
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
