/** A connection to Redis that answers or fails, and never queues: what cannot be asked now is a miss. */

import { Redis, type RedisOptions } from 'ioredis'

/** What is needed of a client of ioredis: a `Redis` (single node or Sentinel) or a `Cluster`. */
export interface RedisClient {
  readonly status: string
  readonly isCluster: boolean
  connect(): Promise<unknown>
  disconnect(): void
  listenerCount(event: 'error'): number
  on(event: 'error' | 'ready' | 'close', listener: (error: Error) => void): unknown
  off(event: 'ready' | 'close', listener: () => void): unknown
  once(event: 'ready', listener: () => void): unknown
  defineCommand(name: string, definition: { lua: string }): void
  mget(...keys: string[]): Promise<(string | null)[]>
  set(key: string, value: string, unit: 'PX', milliseconds: number): Promise<unknown>
  unlink(...keys: string[]): Promise<number>
}

/** A URL (`redis://…`, `rediss://…`), options of ioredis (Sentinels among them), or a client that the app made and closes. */
export type RedisTarget = string | RedisOptions | RedisClient

/** Runs commands and scripts of one client. */
export class RedisConnection {
  readonly client: RedisClient
  readonly #owned: boolean
  #connected: Promise<void> | undefined

  constructor(target: RedisTarget, scripts: Readonly<Record<string, string>>) {
    this.#owned = !isClient(target)
    this.client = isClient(target) ? target : connectTo(target)
    // Who is told of failures is told by the cache; without a listener ioredis writes them to the console.
    if (this.client.listenerCount('error') === 0) this.client.on('error', () => undefined)
    for (const [name, lua] of Object.entries(scripts)) this.client.defineCommand(name, { lua })
  }

  /** The client, when it can be asked now. @throws Error when there is no connection */
  get ready(): RedisClient {
    const { client } = this
    if (client.status === 'wait') void client.connect().catch(() => undefined)
    // ioredis would queue: a queue of lookups that nobody waits for any more helps nobody when Redis comes back.
    if (client.status !== 'ready') throw new Error(`no connection to Redis: ${client.status}`)
    return client
  }

  /** Waits for a first connection, as who cannot do without an answer does; not for one that was lost. */
  async whenConnected(): Promise<void> {
    const { client } = this
    if (client.status === 'wait') void client.connect().catch(() => undefined)
    if (!['connecting', 'connect'].includes(client.status)) return
    // One listener for all who wait.
    this.#connected ??= new Promise<void>((resolve) => {
      client.once('ready', resolve)
    }).finally(() => (this.#connected = undefined))
    await this.#connected
  }

  /** Waits for a connection that is being made; for work that nobody waits for. */
  async opened(): Promise<void> {
    const { client } = this
    if (client.status === 'wait') void client.connect().catch(() => undefined)
    if (!['connecting', 'connect', 'reconnecting'].includes(client.status)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        client.off('ready', done)
        client.off('close', done)
        resolve()
      }
      client.on('ready', done)
      client.on('close', done)
    })
  }

  /** Runs one of the scripts. */
  run(
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const { ready } = this
    // cast: defineCommand made it
    const commands = ready as unknown as Record<string, (...parts: unknown[]) => Promise<unknown>>
    return commands[script]?.(keys.length, ...keys, ...args) ?? Promise.reject(new Error(script))
  }

  /** Closes a connection that was opened here. */
  close(): void {
    if (this.#owned) this.client.disconnect()
  }
}

function isClient(target: RedisTarget): target is RedisClient {
  return typeof target === 'object' && 'defineCommand' in target
}

function connectTo(target: string | RedisOptions): RedisClient {
  const defaults: RedisOptions = {
    connectionName: 'mizan',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  }
  if (typeof target === 'string') return new Redis(target, defaults)
  if (target.role === 'slave') {
    throw new TypeError(
      'RedisCache: role "slave" cannot be used, as versions are read on a primary',
    )
  }
  return new Redis({ ...defaults, ...target })
}
