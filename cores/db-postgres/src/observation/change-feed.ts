/** Hears by LISTEN what anybody changes. */

import { setTimeout as delay } from 'node:timers/promises'
import type { ChangeFeed, ChangeListener } from '@mizan/db'
import pg from 'pg'
import { channel, installTriggers, missingTriggers, removeTriggers } from './change-triggers.ts'

/** How to listen. */
export interface ChangeFeedOptions {
  readonly url: string
  /** Milliseconds. */
  readonly connectTimeout: number
  /** What sessions of this dialect package are marked with: their changes are known already. */
  readonly origin: string
}

/** Milliseconds between two signs of life, and how long one may take. */
const pulse = 5_000
/** Milliseconds. */
const firstRetry = 100
const lastRetry = 5_000

export function createChangeFeed(options: ChangeFeedOptions): ChangeFeed {
  return Object.freeze<ChangeFeed>({
    install: installTriggers,
    missing: missingTriggers,
    remove: removeTriggers,
    async listen(listener) {
      const listening = new Listening(options, listener)
      await listening.start()
      return listening
    },
  })
}

/** A connection; what it is lost by. */
interface Connected {
  readonly lost: Promise<unknown>
}

/** A connection that hears, and another one when that is lost. */
class Listening implements AsyncDisposable {
  readonly #options: ChangeFeedOptions
  readonly #listener: ChangeListener
  readonly #closing = new AbortController()
  #client: pg.Client | undefined
  #kept: Promise<void> = Promise.resolve()

  constructor(options: ChangeFeedOptions, listener: ChangeListener) {
    this.#options = options
    this.#listener = listener
  }

  async start(): Promise<void> {
    this.#kept = this.#keep(await this.#connect())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#client?.end().catch(() => undefined)
    await this.#kept
  }

  /** Connects again and again; what was told meanwhile is lost, whatever it was. */
  async #keep(first: Connected): Promise<void> {
    const { signal } = this.#closing
    let connected = first
    for (;;) {
      const reason = await connected.lost
      if (signal.aborted) return
      this.#listener.onTrouble(reason)
      for (let wait = firstRetry; ; wait = Math.min(wait * 2, lastRetry)) {
        await delay(wait, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) return
        const again = await this.#connect().catch(() => undefined)
        if (again === undefined) continue
        connected = again
        break
      }
      this.#listener.onGap()
    }
  }

  async #connect(): Promise<Connected> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: this.#options.connectTimeout,
      application_name: 'mizan changes',
      keepAlive: true,
    })
    const lost = new Promise<unknown>((resolve) => {
      client.on('error', resolve)
      client.on('end', () => resolve(new Error('the connection that listens was closed')))
    })
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''))
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
    this.#client = client
    const stop = new AbortController()
    void lost.then(() => stop.abort())
    void this.#watch(client, stop.signal)
    if (this.#closing.signal.aborted) await client.end()
    return { lost }
  }

  /** A peer that is gone without a word is found out. */
  async #watch(client: pg.Client, signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(pulse, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      const answered = await Promise.race([
        client.query('select 1').then(
          () => true,
          () => false,
        ),
        delay(pulse, false, { ref: false }),
      ])
      if (!answered) return void client.end().catch(() => undefined)
    }
  }

  #hear(payload: string): void {
    const told = parse(payload)
    // Whoever sends nonsense on our channel may have meant anything.
    if (told === undefined) return this.#listener.onGap()
    if (told.origin !== this.#options.origin) this.#listener.onChange(told.tags)
  }
}

function parse(
  payload: string,
): { readonly origin: unknown; readonly tags: readonly string[] } | undefined {
  try {
    // cast: looked at before use
    const value = JSON.parse(payload) as Partial<Record<'origin' | 'tags', unknown>> | null
    const tags: unknown = value?.tags
    return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')
      ? { origin: value?.origin, tags }
      : undefined
  } catch {
    return undefined
  }
}
