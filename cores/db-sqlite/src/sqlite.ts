/** `sqlite({ url })`: a database file, or `:memory:`, through the SQLite that Node brings. */

import { fileURLToPath } from 'node:url'
import type { DialectPackage } from '@mizan/db'
import { codecs, encodeValue } from './codecs.ts'
import { ddl } from './ddl.ts'
import { capabilities, dialectOver, json, language } from './dialect-facts.ts'
import { SqliteDriver } from './driver.ts'
import { toDbError } from './errors.ts'
import { migrations } from './migrations.ts'
import { DatabaseFile } from './database-file.ts'

/** Where the data is. */
export interface SqliteOptions {
  /** A path or `file:` URL, made when it is missing, or `:memory:` for a database that lives as long as this value. */
  readonly url: string
  /** How long a statement waits for another process's transaction, in milliseconds. @default 5_000 */
  readonly busyTimeout?: number
}

/** The dialect package of SQLite 3.35 and newer. */
export function sqlite(options: SqliteOptions): DialectPackage {
  if (typeof options.url !== 'string' || options.url === '') {
    throw new TypeError('sqlite({ url }): the path is missing; give a file or ":memory:"')
  }
  const path = options.url.startsWith('file:') ? fileURLToPath(options.url) : options.url
  const file = new DatabaseFile(path, options.busyTimeout ?? 5000)
  return Object.freeze<DialectPackage>({
    ...language,
    name: 'sqlite',
    capabilities: {
      ...capabilities,
      // One connection: a second could not see an in-memory database, nor write while the first does.
      concurrency: false,
      transactions: true,
      streaming: true,
      maximumParameters: 32_766,
    },
    createDialect: () => dialectOver(() => new SqliteDriver(file)),
    codecs,
    encodeValue,
    toDbError,
    ddl,
    migrations: { ...migrations, inMemory: () => sqlite({ url: ':memory:' }) },
    json: { ...json, maximumArguments: 100, rowComparison: true },
  })
}
