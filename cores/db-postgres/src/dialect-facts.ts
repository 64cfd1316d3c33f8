/** What holds of PostgreSQL however it is reached. Nothing here imports `node:`. */

import type { Capabilities, DialectPackage, JsonFacts } from '@mizan/db'
import { type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { codecs, encodeValue } from './codecs.ts'
import { ddl } from './ddl.ts'

/** What the server can do, besides what needs a session. */
export const capabilities: Omit<Capabilities, 'transactions' | 'streaming'> = {
  returning: true,
  returningByAlias: true,
  defaultInValues: true,
  exactTextEquality: true,
  concurrency: true,
  maximumParameters: 65_535,
}

/** How nested rows are put together. */
export const json: JsonFacts = {
  array: 'json_build_array',
  aggregate: 'json_agg',
  maximumArguments: 100,
  nestedLimit: 'subquery',
  lateral: true,
  nullsOrder: true,
}

/** The members of a dialect package that say what is written and read. */
export const language: Pick<
  DialectPackage,
  'name' | 'systemName' | 'codecs' | 'list' | 'encodeValue' | 'ddl'
> = {
  name: 'postgres',
  systemName: 'postgresql',
  codecs,
  list: {
    // Values that are lists themselves would become dimensions.
    encode: (values) => (values.some((value) => Array.isArray(value)) ? undefined : values),
    in: ['', ' = any(', ')'],
    notIn: ['', ' <> all(', ')'],
  },
  encodeValue,
  ddl,
}

/** Kysely's dialect, over a driver. */
export function dialectOver(
  createDriver: () => Driver,
): ReturnType<DialectPackage['createDialect']> {
  return {
    createDriver,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}
