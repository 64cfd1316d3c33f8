/** `mysql({ url })`: a pool of `mysql2`, pinned sessions, and everything the core asks of a dialect. */

import { assertDatabaseUrl, type DialectPackage } from '@mizan/db'
import { MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely'
import type { PoolOptions } from 'mysql2'
import { codecs, encodeValue } from './codecs.ts'
import { ddl } from './ddl.ts'
import { MysqlDriver } from './driver/mysql-driver.ts'
import { toDbError } from './errors.ts'
import { hiddenRelations } from './hidden-relations.ts'
import { sessions } from './sessions.ts'
import { migrations } from './migrations.ts'
import { typeCast } from './type-cast.ts'

/** How to reach the database. */
export interface MysqlOptions {
  /** `mysql://user:password@host:3306/database` */
  readonly url: string
  /** The most connections at once. @default 10 */
  readonly maximumConnections?: number
  /** How long to wait for a connection, in milliseconds. @default 10_000 */
  readonly connectTimeout?: number
  /**
   * Statements that are repeated are prepared. Not behind a proxy that hands out server connections by transaction (ProxySQL with
   * multiplexing). @default true
   */
  readonly prepare?: boolean
}

/**
 * What every session is pinned to, whatever the server says. Strict: a value that does not fit is an error, not another
 * value. `NO_BACKSLASH_ESCAPES` must stay out: the driver writes parameters into the text with backslashes.
 */
const pins = [
  `set session time_zone = '+00:00', ` +
    `sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', ` +
    `group_concat_max_len = 4294967295`,
] as const

/** The dialect package of MySQL 8 and MariaDB 10.6, and newer. */
export function mysql(options: MysqlOptions): DialectPackage {
  assertDatabaseUrl(options.url, {
    owner: 'mysql',
    protocols: ['mysql:', 'mariadb:'],
    example: 'mysql://user:password@host:3306/database',
  })
  return Object.freeze<DialectPackage>({
    name: 'mysql',
    capabilities: {
      // MariaDB has RETURNING for some statements, MySQL for none.
      returning: false,
      returningByAlias: false,
      defaultInValues: true,
      // Blanks at the end of a text do not count in comparisons.
      exactTextEquality: false,
      concurrency: true,
      transactions: true,
      streaming: true,
      maximumParameters: 65_535,
    },
    createDialect: () => ({
      createDriver: () =>
        new MysqlDriver({ pool: poolOf(options), pins, prepares: options.prepare ?? true }),
      createQueryCompiler: () => new MysqlQueryCompiler(),
      createAdapter: () => new MysqlAdapter(),
      createIntrospector: (db) => new MysqlIntrospector(db),
    }),
    codecs,
    encodeValue,
    toDbError,
    ddl,
    migrations: {
      ...migrations,
      beside: (name) => mysql({ ...options, url: withDatabase(options.url, name) }),
    },
    observation: { hidden: hiddenRelations, rowLock: 'ForUpdate', sessions },
    json: {
      array: 'json_array',
      aggregate: 'json_arrayagg',
      maximumArguments: 100,
      nestedLimit: 'aggregate',
      lateral: false,
      nullsOrder: false,
    },
  })
}

function poolOf(options: MysqlOptions): PoolOptions {
  return {
    uri: options.url,
    connectionLimit: options.maximumConnections ?? 10,
    connectTimeout: options.connectTimeout ?? 10_000,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    multipleStatements: false,
    // Objects as parameters would be written into the statement as a list of assignments.
    stringifyObjects: true,
    // MariaDB's JSON is a text with a mark, which the driver would follow before typeCast is asked: "null" became null.
    jsonStrings: true,
    // Both protocols give 64 bits as text then.
    supportBigNumbers: true,
    bigNumberStrings: true,
    typeCast,
  }
}

/** The same URL with another database. */
function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}
