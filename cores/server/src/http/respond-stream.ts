/** An answer of many items: one line of JSON each (`application/x-ndjson`), the last one says how it ended. */

import { type ProtocolResponse, toTargetBody } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import type { Streaming } from '../dispatch/run-stream.ts'
import type { Entry } from '../registry.ts'
import { errorJson, invalidateJson, respondError } from './respond.ts'
import { invalidateHeaders } from './respond-settled.ts'

/**
 * The answer begins with the first item, so that a function that fails before it answers with the status of its error.
 * Later an error is the last line; a stream that ends without `end` or `error` was cut short.
 */
export async function respondStream(
  engine: Engine,
  entry: Entry,
  stream: Streaming,
): Promise<ProtocolResponse> {
  try {
    const first = await stream.next()
    return {
      status: 200,
      headers: [
        ['content-type', 'application/x-ndjson'],
        ['cache-control', 'no-store'],
        ['x-content-type-options', 'nosniff'],
      ],
      body: new Lines(engine, entry, { stream, first }),
    }
  } catch (error) {
    const invalidated = await stream.invalidated
    const headers = invalidateHeaders(engine, invalidated)
    return respondError(toPublicError(error, engine.logger), invalidated.told, headers)
  }
}

interface Begun {
  readonly stream: Streaming
  readonly first: IteratorResult<unknown, undefined>
}

const encoder = new TextEncoder()

/** Written out as an object: a generator's `return()` would wait for the item that the client no longer wants. */
class Lines implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #engine: Engine
  readonly #entry: Entry
  readonly #stream: Streaming
  #first: IteratorResult<unknown, undefined> | undefined
  #isOver = false

  constructor(engine: Engine, entry: Entry, { stream, first }: Begun) {
    this.#engine = engine
    this.#entry = entry
    this.#stream = stream
    this.#first = first
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isOver) return { done: true, value: undefined }
    return { done: false, value: encoder.encode(`${await this.#line()}\n`) }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#isOver = true
    this.#stream.leave()
    return { done: true, value: undefined }
  }

  async #line(): Promise<string> {
    try {
      const next = this.#first ?? (await this.#stream.next())
      this.#first = undefined
      if (next.done !== true) {
        return `{"item":${JSON.stringify(this.#entry.result.encode(next.value)) ?? 'null'}}`
      }
      this.#isOver = true
      return `{"end":true${await this.#changes()}}`
    } catch (error) {
      this.#isOver = true
      this.#stream.leave()
      const changes = await this.#changes()
      return `{"error":${errorJson(toPublicError(error, this.#engine.logger))}${changes}}`
    }
  }

  /** What an answer without items says in its body and its headers. */
  async #changes(): Promise<string> {
    const { told, targets, writes } = await this.#stream.invalidated
    const changed = this.#engine.tagDigests?.ofWrites(writes) ?? []
    const exact = targets.map(toTargetBody).filter((target) => typeof target === 'string')
    return [
      changed.length === 0 ? '' : `,"changed":${JSON.stringify(changed)}`,
      changed.length === 0 || exact.length === 0 ? '' : `,"exact":${JSON.stringify(exact)}`,
      told.length === 0 ? '' : `,"invalidate":${invalidateJson(told)}`,
    ].join('')
  }
}
