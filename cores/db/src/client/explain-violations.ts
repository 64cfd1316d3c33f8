/** The layer that says which key was violated, where the database leaves a part of that out. */

import {
  CheckViolationError,
  type ConstraintFacts,
  ConstraintViolationError,
  ForeignKeyViolationError,
  NotNullViolationError,
  UniqueViolationError,
} from '../errors.ts'
import type { TableWrite } from '../query/analysis.ts'
import { type DeclaredKey, declaredKeys } from '../schema/declared-keys.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { StatementLayer } from './statement.ts'

const kinds = [
  UniqueViolationError,
  ForeignKeyViolationError,
  NotNullViolationError,
  CheckViolationError,
] as const

/** PostgreSQL names a constraint, SQLite columns, MySQL a key: whatever one of them says leads to the rest. */
export function explainViolations(schema: Schema): StatementLayer {
  return (statement, next) => {
    const writes = statement.analysis?.writes
    if (writes === undefined || writes.length === 0) return next(statement)
    return next(statement).catch((error: unknown) => {
      const write = writes.find((one) => one.outermost)
      // In a batch nobody knows which of its statements it was.
      if (!(error instanceof ConstraintViolationError) || error.sql === undefined) throw error
      throw write === undefined ? error : explained(error, write, schema)
    })
  }
}

function explained(
  error: ConstraintViolationError,
  write: TableWrite,
  schema: Schema,
): ConstraintViolationError {
  const Kind = kinds.find((one) => error instanceof one)
  if (Kind === undefined) return error
  const facts = complete(error, write, schema)
  if (
    facts.table === error.table &&
    facts.constraint === error.constraint &&
    facts.columns === error.columns
  )
    return error
  const known = new Kind(error.message, { ...facts, cause: error.cause, sql: error.sql })
  if (error.stack !== undefined) known.stack = error.stack
  return known
}

function complete(
  error: ConstraintViolationError,
  write: TableWrite,
  schema: Schema,
): Pick<ConstraintFacts, 'table' | 'columns' | 'constraint'> {
  const { table, constraint, columns } = error
  if (error instanceof NotNullViolationError || error instanceof CheckViolationError)
    return { table: table ?? write.table.name, constraint, columns }
  const kind = error instanceof UniqueViolationError ? 'unique' : 'foreign key'
  for (const facts of candidates(table, write, schema)) {
    const keys = declaredKeys(facts).filter((key) => key.kind === kind)
    const key = findKey(keys, { constraint, columns }) ?? onlyKey(keys, error, write)
    if (key === undefined) continue
    return {
      table: table ?? facts.name,
      constraint: constraint ?? key.name,
      columns: same(key.columns, columns) ? columns : key.columns,
    }
  }
  // What a delete violates is a key of another table.
  return write.kind === 'delete' ? error : { table: table ?? write.table.name, constraint, columns }
}

/** The table that the database names, or the one that was written and after it all others. */
function candidates(
  table: string | undefined,
  write: TableWrite,
  schema: Schema,
): readonly TableFacts[] {
  const all = [write.table, ...schema.tables.values()]
  return table === undefined ? all : all.filter((one) => one.name === table)
}

function findKey(
  keys: readonly DeclaredKey[],
  { constraint, columns }: Pick<ConstraintViolationError, 'constraint' | 'columns'>,
): DeclaredKey | undefined {
  const byName = keys.find((key) => key.name !== undefined && key.name === constraint)
  if (byName !== undefined) return byName
  if (constraint !== undefined && isPrimaryName(constraint))
    return keys.find((key) => key.name === undefined)
  return columns.length === 0 || constraint !== undefined
    ? undefined
    : keys.find((key) => same([...key.columns].toSorted(), [...columns].toSorted()))
}

/** `tasks_pkey`, `PRIMARY` */
function isPrimaryName(name: string): boolean {
  return name === 'PRIMARY' || name.endsWith('_pkey')
}

/** SQLite says of foreign keys nothing at all: where a table has one, it is that. */
function onlyKey(
  keys: readonly DeclaredKey[],
  error: ConstraintViolationError,
  write: TableWrite,
): DeclaredKey | undefined {
  if (!(error instanceof ForeignKeyViolationError) || error.constraint !== undefined)
    return undefined
  return write.kind !== 'delete' && keys.length === 1 ? keys[0] : undefined
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at])
}
