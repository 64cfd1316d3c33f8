/** Expressions as this server writes them, read back from temporary objects of a transaction that is rolled back. */

import {
  emitChange,
  hasExpressions,
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
    for (const [name, { values }] of Object.entries(snapshot.enums))
      await attempt(
        `create type pg_temp.${quote(name)} as enum (${values.map(quoteText).join(', ')})`,
      )
    for (const table of made) {
      for (const sql of emitChange({ kind: 'createTable', table: bare(table), enums: {} }, ddl))
        await attempt(sql)
      for (const index of table.indexes) {
        if (index.where !== undefined || index.elements !== undefined)
          await attempt(indexStatement(table.name, index, ddl))
      }
    }
    for (const view of views) await attempt(view.create.source)
    return withDeparsed(snapshot, await introspect(run, 'pg_my_temp_schema()'))
  } finally {
    await run('rollback')
  }
}

/** A table with nothing that refers to others. */
function bare(table: TableSnapshot): TableSnapshot {
  const { comment: _comment, ...rest } = table
  return {
    ...rest,
    foreignKeys: [],
    columns: table.columns.map(({ comment: _text, ...column }) => column),
  }
}
