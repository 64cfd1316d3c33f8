/**
 * SQLite runs a statement to its end, in whatever called it, and nothing can stop it there: not the studio, which would answer
 * nobody meanwhile. So its looks are taken in processes of their own, which can be killed.
 */

import type { DialectPackage } from '@mizan/db'
import { Looker, type LookerOptions } from './looker.ts'

/** Looks that are taken at the same time. */
const maximum = 4

/** Milliseconds that a statement may take, as on PostgreSQL. */
const defaultLimit = 5000

type Dialect = ReturnType<DialectPackage['createDialect']>
type Driver = ReturnType<Dialect['createDriver']>
type Connection = Awaited<ReturnType<Driver['acquireConnection']>>

/** A dialect whose statements run apart. */
export interface Apart extends Disposable {
  readonly dialect: DialectPackage
}

/** @param dialect What is known of it here; its connections are made there. */
export function lookApart(
  dialect: DialectPackage,
  options: Omit<LookerOptions, 'limit'> & { readonly limit?: number },
): Apart {
  const lookers = new Lookers({ limit: defaultLimit, ...options })
  return {
    dialect: {
      ...dialect,
      createDialect: () => ({ ...dialect.createDialect(), createDriver: () => driverOn(lookers) }),
    },
    [Symbol.dispose]: () => lookers[Symbol.dispose](),
  }
}

/** Those that are there are used again. */
class Lookers implements Disposable {
  readonly #options: LookerOptions
  readonly #idle: Looker[] = []
  readonly #busy = new Set<Looker>()
  readonly #queue: (() => void)[] = []

  constructor(options: LookerOptions) {
    this.#options = options
  }

  async take(): Promise<Looker> {
    while (this.#busy.size >= maximum)
      await new Promise<void>((resolve) => void this.#queue.push(resolve))
    let looker = this.#idle.pop()
    while (looker !== undefined && !looker.isAlive) looker = this.#idle.pop()
    looker ??= new Looker(this.#options)
    this.#busy.add(looker)
    return looker
  }

  give(looker: Looker): void {
    this.#busy.delete(looker)
    if (looker.isAlive) this.#idle.push(looker)
    this.#queue.shift()?.()
  }

  [Symbol.dispose](): void {
    for (const looker of [...this.#busy, ...this.#idle]) looker.kill()
  }
}

function driverOn(lookers: Lookers): Driver {
  const taken = new Map<Connection, Looker>()
  const nothing = (): Promise<void> => Promise.resolve()
  return {
    init: nothing,
    async acquireConnection() {
      const looker = await lookers.take()
      const connection: Connection = {
        async executeQuery<R>({
          sql,
          parameters,
        }: {
          sql: string
          parameters: readonly unknown[]
        }) {
          return { rows: (await looker.ask(sql, parameters)) as R[] } // cast: the row type is the caller's
        },
        streamQuery: () => {
          throw new TypeError('looks are not streamed')
        },
      }
      taken.set(connection, looker)
      return connection
    },
    releaseConnection(connection) {
      const looker = taken.get(connection)
      if (looker !== undefined) lookers.give(looker)
      return Promise.resolve()
    },
    // Transactions are statements here.
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    destroy: nothing,
  }
}
