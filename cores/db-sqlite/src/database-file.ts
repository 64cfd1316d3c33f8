/** Opens a database with `node:sqlite`. */

import type { DatabaseSync } from 'node:sqlite'
import { ConnectionError } from '@mizan/db'

/** What a connection is pinned to. WAL lets other processes read while one writes. */
const pins = ['foreign_keys = on', 'journal_mode = wal', 'synchronous = normal'] as const

/** One database; in memory it stays open as long as this value, so that a migration and a client see the same. */
export class DatabaseFile {
  readonly #path: string
  readonly #busyTimeout: number
  #shared: DatabaseSync | undefined

  constructor(path: string, busyTimeout: number) {
    this.#path = path
    this.#busyTimeout = busyTimeout
  }

  /** @throws ConnectionError when Node has no SQLite or the file cannot be opened. */
  async open(): Promise<DatabaseSync> {
    if (this.#shared !== undefined) return this.#shared
    const sqlite = await load()
    let database: DatabaseSync
    try {
      database = new sqlite.DatabaseSync(this.#path)
    } catch (error) {
      throw new ConnectionError(
        `SQLite cannot open ${this.#path}: ${error instanceof Error ? error.message : String(error)}. Is its folder there, and may this account write in it?`,
        { cause: error },
      )
    }
    database.exec(`pragma busy_timeout = ${this.#busyTimeout}`)
    for (const pin of pins) database.exec(`pragma ${pin}`)
    if (this.#path === ':memory:') this.#shared = database
    return database
  }

  /** Another connection, which changes nothing; undefined for a database in memory, which has but one. */
  async openReader(): Promise<DatabaseSync | undefined> {
    if (this.#path === ':memory:') return undefined
    const sqlite = await load()
    const database = new sqlite.DatabaseSync(this.#path, { readOnly: true })
    database.exec(`pragma busy_timeout = ${this.#busyTimeout}`)
    return database
  }

  close(database: DatabaseSync): void {
    if (database !== this.#shared) database.close()
  }
}

/** `node:sqlite` is loaded when a database is opened, so that importing this package works on every Node. */
async function load(): Promise<{ DatabaseSync: typeof DatabaseSync }> {
  try {
    return await import('node:sqlite')
  } catch (error) {
    throw new ConnectionError(
      `Node ${process.versions.node} has no node:sqlite. Run Node 22.13 or newer, or use @mizan/db-postgres or @mizan/db-mysql`,
      { cause: error },
    )
  }
}
