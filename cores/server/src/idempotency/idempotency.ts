/**
 * `Idempotency-Key`: a call that is repeated runs once, and is answered with the stored answer.
 *
 * @see draft-ietf-httpapi-idempotency-key-header
 */

import { createHash } from 'node:crypto'
import {
  canonicalJson,
  headerNames,
  MizanError,
  type ProtocolRequest,
  type ProtocolResponse,
} from '@mizan/protocol'
import type { Principal } from '../identity/index.ts'
import type { Logger } from '../logger.ts'
import type { Entry } from '../registry.ts'
import type { Exchange } from '../scope.ts'
import { type IdempotencyStore, MemoryIdempotencyStore } from './idempotency-store.ts'

/** How long answers are kept, and where. */
export interface IdempotencyOptions {
  /** @default answers of this process */
  readonly store?: IdempotencyStore
  /** Seconds. @default 86_400 */
  readonly ttl?: number
}

/** Characters of an answer that is kept; of a longer one only that it was given. */
const maximumBody = 262_144

/** What is kept: of a call under way only what it was called with. */
interface Kept {
  readonly print: string
  readonly answer?: Pick<ProtocolResponse, 'status' | 'headers'> & { readonly body: string | null }
  readonly isTooLong?: true
}

/** A call, as far as it matters here. */
export interface IdempotentCall {
  readonly entry: Entry
  readonly args: { readonly wire: Readonly<Record<string, unknown>> }
}

/** What a call was answered with. */
export interface AnsweredCall {
  readonly response: ProtocolResponse
  /** What is kept of it, where that is something else. @default all of it */
  readonly kept?: ProtocolResponse
}

/** What it takes from its surroundings. */
export interface IdempotencyEnvironment {
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly logger: Logger
}

/** The stored answers of one app. */
export class Idempotency {
  readonly #store: IdempotencyStore
  readonly #ttl: number
  readonly #logger: Logger
  /** Calls under way in this process: who repeats one waits for its answer. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(options: IdempotencyOptions, { clock, logger }: IdempotencyEnvironment) {
    this.#store = options.store ?? new MemoryIdempotencyStore({ clock })
    this.#ttl = options.ttl ?? 86_400
    this.#logger = logger
  }

  /**
   * Runs the call, or answers with what is kept of the first one with the same key by the same caller.
   *
   * @throws MizanError `BAD_REQUEST` for what is no key, `VALIDATION_FAILED` for one that was used for another call,
   *   `CONFLICT` while another process runs it or has died running it, `UNAVAILABLE` when the store is out of reach
   */
  async once(
    { request, exchange }: { readonly request: ProtocolRequest; readonly exchange: Exchange },
    call: IdempotentCall,
    run: () => Promise<AnsweredCall>,
  ): Promise<ProtocolResponse> {
    const key = digest([
      exchange.principal === undefined ? null : idOf(exchange.principal),
      readKey(request),
    ])
    const print = printOf(call)
    // Whoever comes next looks at what is kept then, which is the answer or nothing.
    for (
      let running = this.#running.get(key);
      running !== undefined;
      running = this.#running.get(key)
    )
      await running
    const started = this.#start({ key, print, exchange }, run)
    const settled = started.catch(() => undefined)
    this.#running.set(key, settled)
    try {
      return await started
    } finally {
      if (this.#running.get(key) === settled) this.#running.delete(key)
    }
  }

  async close(): Promise<void> {
    await this.#store.close?.()
  }

  async #start(
    { key, print, exchange }: { key: string; print: string; exchange: Exchange },
    run: () => Promise<AnsweredCall>,
  ): Promise<ProtocolResponse> {
    const kept = await this.#ask(() => this.#store.claim(key, JSON.stringify({ print }), this.#ttl))
    if (kept !== undefined) return replay(kept, print)
    let answered: AnsweredCall
    try {
      answered = await run()
    } catch (error) {
      await this.#quietly(() => this.#store.delete(key))
      throw error
    }
    const { response } = answered
    // What says "later" is no outcome; and a session's cookie or token is kept nowhere but with its client.
    const isOutcome = response.status !== 503 && response.status !== 429
    const isSecret = exchange.sessionCookie !== undefined || exchange.holdsTokens === true
    const record = isOutcome && !isSecret ? toRecord(print, answered.kept ?? response) : undefined
    await this.#quietly(() =>
      record === undefined ? this.#store.delete(key) : this.#store.put(key, record, this.#ttl),
    )
    return response
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (cause) {
      throw new MizanError('UNAVAILABLE', 'the store of answers is out of reach; nothing was run', {
        cause,
      })
    }
  }

  /** The call has run: its answer is not held back because it could not be kept. */
  async #quietly(write: () => Promise<void>): Promise<void> {
    try {
      await write()
    } catch (error) {
      this.#logger.error({ error }, 'an answer could not be kept for its Idempotency-Key')
    }
  }
}

function readKey({ headers }: ProtocolRequest): string {
  const given = headers['idempotency-key']
  // A string of RFC 9651, or the bare token that many clients send.
  const [, quoted, bare] =
    /^(?:"([\u0020\u0021\u0023-\u007e]{1,255})"|([\w.:+/=-]{1,255}))$/.exec(
      typeof given === 'string' ? given.trim() : '',
    ) ?? []
  const key = quoted ?? bare
  if (key === undefined)
    throw new MizanError(
      'BAD_REQUEST',
      'Idempotency-Key is one text of 1 to 255 characters, such as a UUID',
    )
  return key
}

/** The tenant too: one person in two of them is two callers. */
function idOf({ id, tenant }: Principal): readonly (string | null)[] {
  return [id, tenant ?? null]
}

function printOf({ entry, args }: IdempotentCall): string {
  return digest([entry.name, describe(args.wire)])
}

/** Files by what is known of them without reading them. */
function describe(value: unknown): unknown {
  if (value instanceof File) return [value.name, value.size, value.type]
  if (Array.isArray(value)) return value.map(describe)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, describe(child)]))
}

function digest(facts: unknown): string {
  return createHash('sha256').update(canonicalJson(facts)).digest('base64url')
}

function toRecord(print: string, { status, headers, body }: ProtocolResponse): string | undefined {
  if (body !== null && typeof body !== 'string') return undefined
  if (body !== null && body.length > maximumBody) return JSON.stringify({ print, isTooLong: true })
  const kept = headers.filter(([name]) => name !== 'set-cookie')
  return JSON.stringify({ print, answer: { status, headers: kept, body } } satisfies Kept)
}

function replay(record: string, print: string): ProtocolResponse {
  const kept = JSON.parse(record) as Kept // cast: as toRecord wrote it
  if (kept.print !== print)
    throw new MizanError('VALIDATION_FAILED', 'this Idempotency-Key was used for another call', {
      details: [],
    })
  if (kept.answer === undefined) {
    const message = kept.isTooLong
      ? 'the call has run; its answer was too long to be kept'
      : 'the call with this Idempotency-Key has not ended'
    throw new MizanError('CONFLICT', message, { details: { retryAfter: 1 } })
  }
  const { headers } = kept.answer
  return { ...kept.answer, headers: [...headers, [headerNames.replayed, 'true']] }
}
