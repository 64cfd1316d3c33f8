/** SQLite's errors (extended result codes) as the core's. */

import {
  CheckViolationError,
  ConnectionError,
  type ConstraintFacts,
  DbError,
  ForeignKeyViolationError,
  NotNullViolationError,
  QueryError,
  SerializationError,
  UniqueViolationError,
  UnknownNameError,
} from '@mizan/db'

const codes = {
  busy: 5,
  cannotOpen: 14,
  noDatabase: 26,
  check: 275,
  foreignKey: 787,
  notNull: 1299,
  primaryKey: 1555,
  unique: 2067,
  rowId: 2579,
} as const

/** Maps what `node:sqlite` throws; an error of ours is left as it is. */
export function toDbError(error: unknown, sql: string | undefined): DbError {
  if (error instanceof DbError) return error
  const message = error instanceof Error ? error.message : String(error)
  // cast: errors of node:sqlite carry the result code
  const code = (error as { readonly errcode?: unknown } | null)?.errcode
  const options = { cause: error, sql }
  switch (code) {
    case codes.unique:
    case codes.primaryKey:
    case codes.rowId:
      return new UniqueViolationError(message, { ...options, ...columnsOf(message) })
    case codes.foreignKey:
      return new ForeignKeyViolationError(message, options)
    case codes.notNull:
      return new NotNullViolationError(message, { ...options, ...columnsOf(message) })
    case codes.check:
      return new CheckViolationError(message, { ...options, constraint: message.split(': ')[1] })
    case codes.busy:
      return new SerializationError(
        'The database file is locked by another process; try again when it has ended',
        options,
      )
    case codes.cannotOpen:
      return new ConnectionError(message, options)
    case codes.noDatabase:
      return new ConnectionError(`The file of the url is no SQLite database (${message})`, options)
    default:
      return /^no such (table|column)/.test(message)
        ? new UnknownNameError(message, options)
        : new QueryError(message, options)
  }
}

/** `UNIQUE constraint failed: people.email, people.name` */
function columnsOf(message: string): ConstraintFacts {
  const names = (message.split(': ')[1] ?? '').split(', ').map((name) => name.split('.'))
  return {
    table: names[0]?.[0],
    columns: names.map((parts) => parts[1]).filter((name) => name !== undefined),
  }
}
