/** Expressions as this server writes them, read back from temporary tables. */

import {
  emitChange,
  hasExpressions,
  type RunSql,
  type SchemaSnapshot,
  type TableSnapshot,
  withDeparsed,
} from '@mizan/db'
import { ddl } from './ddl.ts'
import { quote } from './ddl-texts.ts'
import { bare, engineName } from './introspect.ts'

/** Temporary tables stand before the real ones, belong to the session, and are dropped at once. */
export async function deparse(run: RunSql, snapshot: SchemaSnapshot): Promise<SchemaSnapshot> {
  const engine = await engineName(run)
  const observed: Record<string, TableSnapshot> = {}
  for (const table of Object.values(snapshot.tables).filter(hasExpressions)) {
    const plain = { ...table, foreignKeys: [], indexes: [] }
    const [create = ''] = emitChange(
      { kind: 'createTable', table: plain, enums: snapshot.enums },
      ddl,
    )
    try {
      await run(create.replace(/^create table/, 'create temporary table'))
    } catch {
      // What this server refuses keeps the text it came with.
      continue
    }
    try {
      const [row] = await run(`show create table ${quote(table.name)}`)
      observed[table.name] = readCreate(table, String(row?.['Create Table']), engine)
    } finally {
      await run(`drop temporary table ${quote(table.name)}`)
    }
  }
  return withDeparsed(snapshot, { version: 1, enums: {}, tables: observed })
}

/** The server writes each column and each constraint on a line of its own. */
function readCreate(table: TableSnapshot, text: string, engine: string): TableSnapshot {
  const lines = text.split('\n').map((line) => line.trim().replace(/,$/, ''))
  const lineOf = (start: string): string => lines.find((line) => line.startsWith(start)) ?? ''
  return {
    ...table,
    columns: table.columns.map((column) => {
      const line = lineOf(`${quote(column.name)} `)
      const given = after(line, ' DEFAULT ')
      const computed = after(line, ' GENERATED ALWAYS AS ')
      return {
        ...column,
        ...(column.default === undefined || given === undefined
          ? {}
          : { default: { ...column.default, deparsed: bare(given), engine } }),
        ...(column.generated === undefined || computed === undefined
          ? {}
          : { generated: { ...column.generated, deparsed: bare(computed), engine } }),
      }
    }),
    checks: table.checks.map((check) => {
      const condition = after(lineOf(`CONSTRAINT ${quote(check.name)} CHECK `), ' CHECK ')
      return condition === undefined ? check : { ...check, deparsed: bare(condition), engine }
    }),
  }
}

/** The expression behind a word: to the next blank outside of quotes and brackets. */
function after(line: string, word: string): string | undefined {
  const start = line.indexOf(word)
  if (start === -1) return undefined
  const rest = line.slice(start + word.length)
  const end = [...rest.matchAll(/'(?:[^'\\]|''|\\.)*'|`[^`]*`|[\s\S]/g)].reduce(
    (state, { 0: token, index }) => {
      if (state.end !== undefined) return state
      if (token === '(') return { ...state, depth: state.depth + 1 }
      if (token === ')') return { ...state, depth: state.depth - 1 }
      return token === ' ' && state.depth === 0 ? { ...state, end: index } : state
    },
    { depth: 0, end: undefined as number | undefined },
  ).end
  return rest.slice(0, end ?? rest.length)
}
