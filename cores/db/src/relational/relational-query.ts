/** `db.query.<table>`: rows with their relations, in one statement. */

import type { Kysely } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Schema, TableKeys } from '../schema/schema.ts'
import type { AnyTable, TableFacts } from '../schema/table-facts.ts'
import { buildQuery } from './build.ts'
import type { FindOptions, FoundRow } from './find-options.ts'
import { type LooseOptions, planLevel } from './plan.ts'

/** The nested queries of one table. */
export interface RelationalQuery<S, T extends AnyTable> {
  /** All rows that the options ask for, in a total order. */
  findMany<const Options extends FindOptions<S, T>>(
    options?: Options & FindOptions<S, T>,
  ): Promise<FoundRow<S, T, Options>[]>
  /** The first of them. */
  findFirst<const Options extends FindOptions<S, T>>(
    options?: Options & FindOptions<S, T>,
  ): Promise<FoundRow<S, T, Options> | undefined>
}

/** The nested queries of all tables, by key. */
export type RelationalQueries<S> = {
  readonly [K in TableKeys<S>]: S[K] extends AnyTable ? RelationalQuery<S, S[K]> : never
}

/** What nested queries are made with. */
export interface RelationalContext {
  readonly kysely: Kysely<Record<string, Record<string, unknown>>>
  readonly schema: Schema
  readonly dialect: DialectPackage
}

/** Makes `db.query`. */
export function createRelationalQueries<S>(context: RelationalContext): RelationalQueries<S> {
  const entries = [...context.schema.tables].map(
    ([key, table]) => [key, createQuery(table, context)] as const,
  )
  // cast: one entry for each table of the schema; the interface carries the rows
  return Object.freeze(Object.fromEntries(entries)) as unknown as RelationalQueries<S>
}

interface LooseRelationalQuery {
  findMany(options?: LooseOptions): Promise<unknown[]>
  findFirst(options?: LooseOptions): Promise<unknown>
}

function createQuery(
  table: TableFacts,
  { kysely, schema, dialect }: RelationalContext,
): LooseRelationalQuery {
  const findMany = async (options: LooseOptions = {}): Promise<unknown[]> =>
    buildQuery(planLevel(schema, table, options), { kysely, dialect }).execute()
  return {
    findMany,
    findFirst: async (options = {}) => (await findMany({ ...options, limit: 1 }))[0],
  }
}
