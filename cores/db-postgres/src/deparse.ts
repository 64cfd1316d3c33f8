/** Expressions as this server writes them, read back from temporary objects of a transaction that is rolled back. */

import {
  type DdlFacts,
  emitChange,
  hasExpressions,
  type IndexSnapshot,
  indexStatement,
  orderObjects,
  quoteText,
  type RunSql,
  type SchemaSnapshot,
  type TableSnapshot,
  withDeparsed,
} from '@mizan/db'
import { ddl } from './ddl.ts'
import { quote } from './ddl-texts.ts'
import { introspect } from './introspect.ts'
import { temporaryNamespace } from './introspect/names.ts'

/** What this server refuses to make (a function it does not have) keeps the text it came with. */
export async function deparse(run: RunSql, snapshot: SchemaSnapshot): Promise<SchemaSnapshot> {
  const tables = Object.values(snapshot.tables).filter(hasExpressions)
  // A view is written anew when a column below it has another type, so its old text is no answer.
  const views = orderObjects(Object.values(snapshot.objects ?? {})).filter(
    ({ kind }) => kind === 'view',
  )
  if (tables.length === 0 && views.length === 0) return snapshot
  // Views may read every table.
  const made = views.length > 0 ? Object.values(snapshot.tables) : tables
  const attempt = async (sql: string): Promise<void> => {
    await run('savepoint mizan_deparse')
    try {
      await run(sql)
      await run('release savepoint mizan_deparse')
    } catch {
      await run('rollback to savepoint mizan_deparse')
    }
  }
  await run('begin')
  try {
    await run(
      `select set_config('search_path', 'pg_temp, ' || coalesce(quote_ident(current_schema()), 'public'), true)`,
    )
    for (const [name, { values, schema }] of Object.entries(snapshot.enums)) {
      // One of a named schema is spoken of by its whole name, so it is the real one.
      if (schema !== undefined) continue
      await attempt(
        `create type pg_temp.${quote(name)} as enum (${values.map(quoteText).join(', ')})`,
      )
    }
    for (const table of made) {
      for (const sql of emitChange({ kind: 'createTable', table: bare(table), enums: {} }, flat))
        await attempt(sql)
      for (const index of table.indexes) {
        if (index.where === undefined && index.elements === undefined) continue
        const name = temporaryName(table, index)
        await attempt(indexStatement(table.name, { ...index, name }, flat))
      }
    }
    for (const view of views) await attempt(view.create.source)
    return withDeparsed(snapshot, named(snapshot, await introspect(run, temporaryNamespace)))
  } finally {
    await run('rollback')
  }
}

/** All tables stand in one temporary schema, each under its identity. */
const flat: DdlFacts = Object.freeze<DdlFacts>({ ...ddl, relation: quote })

/** Two schemas may have indexes of one name; the temporary one cannot. */
function temporaryName({ name, schema, indexes }: TableSnapshot, index: IndexSnapshot): string {
  return schema === undefined ? index.name : `${indexes.indexOf(index)} of ${name}`.slice(0, 60)
}

/** The tables that were read back, with the names that their indexes have. */
function named(snapshot: SchemaSnapshot, observed: SchemaSnapshot): SchemaSnapshot {
  const tables = Object.entries(observed.tables).map(([name, table]): [string, TableSnapshot] => {
    const own = snapshot.tables[name]
    if (own?.schema === undefined) return [name, table]
    const nameOf = (temporary: string): string =>
      own.indexes.find((index) => temporaryName(own, index) === temporary)?.name ?? temporary
    return [
      name,
      { ...table, indexes: table.indexes.map((one) => ({ ...one, name: nameOf(one.name) })) },
    ]
  })
  return { ...observed, tables: Object.fromEntries(tables) }
}

/** A table with nothing that refers to others, and no name that one of another schema may have. */
function bare(table: TableSnapshot): TableSnapshot {
  const { comment: _comment, primaryKeyName, ...rest } = table
  const isNamed = table.schema !== undefined
  return {
    ...rest,
    ...(isNamed || primaryKeyName === undefined ? {} : { primaryKeyName }),
    ...(isNamed ? { uniques: [] } : {}),
    foreignKeys: [],
    columns: table.columns.map(({ comment: _text, ...column }) => column),
  }
}
