/** `postgres({ url })`: a pool of `pg`, sessions pinned to UTC and ISO, and everything the core asks of a dialect. */

import { randomUUID } from 'node:crypto'
import { assertDatabaseUrl, type DialectPackage, withoutMigrations } from '@mizan/db'
import type { ClientConfig } from 'pg'
import { capabilities, dialectOver, json, language } from './dialect-facts.ts'
import type { Setting } from './driver/pooled-sessions.ts'
import { PostgresDriver } from './driver/postgres-driver.ts'
import { toDbError } from './errors.ts'
import { migrations } from './migrations.ts'
import { createChangeFeed } from './observation/change-feed.ts'
import { originSetting } from './observation/change-triggers.ts'
import { hiddenRelations } from './observation/hidden-relations.ts'
import { sessions } from './observation/sessions.ts'

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
  /** The schema in which names are looked for and tables made, for one of several tenants. @default the server's `search_path` */
  readonly searchPath?: string
  /** Shown in `pg_stat_activity`. @default 'mizan' */
  readonly applicationName?: string
  /**
   * Statements that are repeated are prepared, and short reads share a connection. Behind a pooler of transactions they are not,
   * whatever is said here. @default true
   */
  readonly prepare?: boolean
  /**
   * The URL is that of a pooler which hands out server connections by transaction (PgBouncer's `pool_mode = transaction`).
   * Nothing is left in sessions then; what cannot travel through the pooler is asked of the server once for each connection, and must be as
   * it is needed. Migrations, and `@mizan/db`'s feed of changes from outside, want sessions: give `directUrl`. @default none
   */
  readonly pooler?: 'transaction'
  /** The server itself, where `url` is a pooler's: for the feed of changes from outside. @default `url` */
  readonly directUrl?: string
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
  searchPathOf(options)
  const origin = randomUUID()
  return Object.freeze<DialectPackage>({
    ...language,
    capabilities: { ...capabilities, transactions: true, streaming: true },
    createDialect: () => dialectOver(() => createDriver(options, origin)),
    toDbError,
    migrations:
      options.pooler === undefined
        ? {
            ...migrations,
            beside: (name) => postgres({ ...options, url: withDatabase(options.url, name) }),
          }
        : withoutMigrations(
            migrations.parameter,
            "Its connections are a pooler's, which hold no lock: migrate with postgres({ url }) of the server itself.",
          ),
    observation: {
      hidden: hiddenRelations,
      sessions,
      rowLock: 'ForNoKeyUpdate',
      feed: createChangeFeed({
        url: options.directUrl ?? options.url,
        connectTimeout: options.connectTimeout ?? 10_000,
        origin,
      }),
    },
    localSettings(settings) {
      const entries = Object.entries(settings)
      const calls = entries.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`)
      return { sql: `select ${calls.join(', ') || '1'}`, parameters: entries.flat() }
    },
    replication: {
      written: 'select pg_current_wal_insert_lsn()::text as place',
      reached: 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as reached',
    },
    json: { ...json, rowComparison: true },
  })
}

function createDriver(options: PostgresOptions, origin: string): PostgresDriver {
  const { pooler, statementTimeout } = options
  const settings: Setting[] = [...pins, ...searchPathOf(options)]
  const client: ClientConfig = {
    connectionString: options.url,
    connectionTimeoutMillis: options.connectTimeout ?? 10_000,
    application_name: options.applicationName ?? 'mizan',
  }
  if (pooler === undefined) {
    client.options = [...settings, [originSetting, origin]]
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' ')
    if (statementTimeout !== undefined) client.statement_timeout = statementTimeout
  } else if (statementTimeout !== undefined)
    settings.push(['statement_timeout', String(statementTimeout)])
  return new PostgresDriver({
    client,
    pool: { ...client, max: options.maximumConnections ?? 10 },
    prepares: pooler === undefined && options.prepare !== false,
    pooled: pooler && settings,
  })
}

/** Into the start-up packet go names only. */
function searchPathOf({ searchPath }: PostgresOptions): readonly (readonly [string, string])[] {
  if (searchPath === undefined) return []
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(searchPath)) return [['search_path', searchPath]]
  throw new TypeError(
    'postgres({ searchPath }): a schema is named by small letters, digits and "_", 63 at most, not beginning with a digit',
  )
}

/** The same URL with another database. */
function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  // `socket:/folder?db=name`: the database of a Unix socket stands in the query.
  if (other.protocol === 'socket:') other.searchParams.set('db', name)
  else other.pathname = `/${name}`
  return other.href
}
