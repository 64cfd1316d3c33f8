/** `sqlite({ url })`: a database file, or `:memory:`, through the SQLite that Node brings. */

import { fileURLToPath } from 'node:url'
import type { DialectPackage } from '@mizan/db'
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { codecs, encodeList, encodeValue } from './codecs.ts'
import { ddl } from './ddl.ts'
import { SqliteDriver } from './driver.ts'
import { toDbError } from './errors.ts'
import { hiddenRelations } from './hidden-relations.ts'
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
    name: 'sqlite',
    capabilities: {
      returning: true,
      returningByAlias: false,
      defaultInValues: false,
      exactTextEquality: true,
      // One connection: a second could not see an in-memory database, nor write while the first does.
      concurrency: false,
      transactions: true,
      streaming: true,
      maximumParameters: 32_766,
    },
    createDialect: () => ({
      createDriver: () => new SqliteDriver(file),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    }),
    codecs,
    list: {
      encode: encodeList,
      in: ['', ' in (select value from json_each(', '))'],
      notIn: ['', ' not in (select value from json_each(', '))'],
    },
    encodeValue,
    toDbError,
    ddl,
    migrations: { ...migrations, inMemory: () => sqlite({ url: ':memory:' }) },
    observation: { hidden: hiddenRelations },
    json: {
      array: 'json_array',
      aggregate: 'json_group_array',
      maximumArguments: 100,
      nestedLimit: 'subquery',
      lateral: false,
      rowComparison: true,
      nullsOrder: true,
    },
  })
}
