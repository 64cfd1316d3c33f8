/** What holds of SQLite however it is reached. Nothing here imports `node:`. */

import type { Capabilities, DialectPackage, JsonFacts } from '@mizan/db'
import { type Driver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { encodeList } from './codecs.ts'
import { hiddenRelations } from './hidden-relations.ts'

/** What the engine can do, besides what needs a session. */
export const capabilities: Pick<
  Capabilities,
  'returning' | 'returningByAlias' | 'defaultInValues' | 'exactTextEquality'
> = {
  returning: true,
  returningByAlias: false,
  defaultInValues: false,
  exactTextEquality: true,
}

/** How nested rows are put together. */
export const json: Omit<JsonFacts, 'maximumArguments'> = {
  array: 'json_array',
  aggregate: 'json_group_array',
  nestedLimit: 'subquery',
  lateral: false,
  nullsOrder: true,
}

/** The members of a dialect package that say what is written and read. */
export const language: Pick<DialectPackage, 'list' | 'observation'> = {
  list: {
    encode: encodeList,
    in: ['', ' in (select value from json_each(', '))'],
    notIn: ['', ' not in (select value from json_each(', '))'],
  },
  observation: { hidden: hiddenRelations },
}

/** Kysely's dialect, over a driver. */
export function dialectOver(
  createDriver: () => Driver,
): ReturnType<DialectPackage['createDialect']> {
  return {
    createDriver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}
