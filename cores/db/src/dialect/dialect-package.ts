/** What a dialect package states; the core asks for facts, never for a name. */

import type { Dialect } from 'kysely'
import type { DbError } from '../errors.ts'
import type { DdlFacts } from '../snapshot/ddl-facts.ts'
import type { Codecs } from './codec.ts'
import type { MigrationFacts } from './migration-facts.ts'
import type { ObservationFacts } from './observation-facts.ts'
import type { ReplicationFacts } from './replication-facts.ts'

/** What a dialect can do. */
export interface Capabilities {
  /** INSERT, UPDATE and DELETE can return rows. */
  readonly returning: boolean
  /** RETURNING knows a table by its alias, and sees those that help to change it. */
  readonly returningByAlias: boolean
  /** A row of VALUES may say DEFAULT; where not, rows that leave a column out are given its declared default. */
  readonly defaultInValues: boolean
  /** Text is equal exactly when its code points are, so that equality on text may narrow an observation. */
  readonly exactTextEquality: boolean
  /** Statements can run on several connections at once. */
  readonly concurrency: boolean
  /** Transactions stay open while code runs; where not, statements are stored together by `batch`. */
  readonly transactions: boolean
  /** Rows are read as they are asked for. */
  readonly streaming: boolean
  /** The most parameters of one statement. */
  readonly maximumParameters: number
}

/** A list of values as one parameter, so that its length does not make another statement. */
export interface ListParameter {
  /** The one parameter; undefined for a list that has to be written out. */
  encode(values: readonly unknown[]): unknown
  /** The text around the left side and the parameter. */
  readonly in: readonly [string, string, string]
  readonly notIn: readonly [string, string, string]
}

/** How a dialect builds JSON, for nested queries. */
export interface JsonFacts {
  /** Function that makes an array of its arguments: `json_build_array`. */
  readonly array: string
  /** Function that aggregates rows into an array: `json_agg`. */
  readonly aggregate: string
  /** The most arguments of {@link JsonFacts.array}; longer rows are nested in chunks. */
  readonly maximumArguments: number
  /**
   * Where the limit of nested rows stands: in a subquery, or, where a subquery in FROM cannot see the query around it,
   * in the aggregate itself.
   */
  readonly nestedLimit: 'subquery' | 'aggregate'
  /** A subquery in FROM can see the tables before it. */
  readonly lateral: boolean
  /** An index finds the rows for which `(a, b) > (1, 2)`. @default false */
  readonly rowComparison?: boolean
  /** ORDER BY takes NULLS FIRST and NULLS LAST. */
  readonly nullsOrder: boolean
}

/** The facts of one dialect, as `postgres(…)`, `sqlite(…)` and `mysql(…)` give them. */
export interface DialectPackage {
  /** For messages and file headers. */
  readonly name: string
  /** OpenTelemetry's `db.system.name`. @default the name */
  readonly systemName?: string
  readonly capabilities: Capabilities
  /** A new driver with its own connections, and the SQL compiler; sessions are pinned at connect. */
  createDialect(): Dialect
  readonly codecs: Codecs
  /** Undefined: lists are written out. */
  readonly list?: ListParameter
  /** A parameter whose column is unknown. */
  encodeValue(value: unknown): unknown
  /** A driver's error as one of ours. */
  toDbError(error: unknown, sql: string | undefined): DbError
  readonly ddl: DdlFacts
  readonly migrations: MigrationFacts
  readonly json: JsonFacts
  /** Without it triggers and views are taken for what their declarations say, and nobody hears of others' changes. */
  readonly observation?: ObservationFacts
  readonly replication?: ReplicationFacts
  /** Sets names to values until the transaction ends, for policies of the database; absent where settings outlive it. */
  localSettings?(settings: Readonly<Record<string, string>>): {
    readonly sql: string
    readonly parameters: readonly string[]
  }
}
