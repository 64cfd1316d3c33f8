/** `postgres({ url })`: a pool of `pg`, sessions pinned to UTC and ISO, and everything the core asks of a dialect. */

import { assertDatabaseUrl, type DialectPackage } from '@mizan/db'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { codecs, encodeValue } from './codecs.ts'
import { ddl } from './ddl.ts'
import { toDbError } from './errors.ts'
import { migrations } from './migrations.ts'
import { typeParsers } from './type-parsers.ts'

/** How to reach the database. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string
  /** The most connections at once. @default 10 */
  readonly maximumConnections?: number
  /** How long to wait for a connection, in milliseconds. @default 10_000 */
  readonly connectTimeout?: number
  /** Ends a statement that takes longer, in milliseconds. @default none */
  readonly statementTimeout?: number
  /** Shown in `pg_stat_activity`. @default 'mizan' */
  readonly applicationName?: string
}

/**
 * What every session is pinned to, whatever server, role or database say: values are read in one form only. They travel
 * in the start-up packet and cost no round trip.
 */
const pins = [
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO'],
  ['IntervalStyle', 'postgres'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
  ['standard_conforming_strings', 'on'],
] as const

/** The dialect package of PostgreSQL 14 and newer. */
export function postgres(options: PostgresOptions): DialectPackage {
  assertDatabaseUrl(options.url, {
    owner: 'postgres',
    protocols: ['postgres:', 'postgresql:', 'socket:'],
    example: 'postgres://user:password@host:5432/database',
  })
  return Object.freeze<DialectPackage>({
    name: 'postgres',
    capabilities: {
      returning: true,
      returningByAlias: true,
      defaultInValues: true,
      exactTextEquality: true,
      concurrency: true,
      maximumParameters: 65_535,
    },
    createDialect: () => new PostgresDialect({ pool: () => Promise.resolve(createPool(options)) }),
    codecs,
    encodeValue,
    toDbError,
    ddl,
    migrations,
    json: {
      array: 'json_build_array',
      aggregate: 'json_agg',
      maximumArguments: 100,
      nestedLimit: 'subquery',
      lateral: true,
      nullsOrder: true,
    },
  })
}

function createPool(options: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maximumConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeout ?? 10_000,
    application_name: options.applicationName ?? 'mizan',
    options: pins.map(([name, value]) => `-c ${name}=${value}`).join(' '),
    types: typeParsers,
    ...(options.statementTimeout === undefined
      ? {}
      : { statement_timeout: options.statementTimeout }),
  })
  // A server that goes away ends idle connections, and those that wait inside a transaction; without listeners that would
  // end the process. The next statement gets a new connection, or a ConnectionError.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
