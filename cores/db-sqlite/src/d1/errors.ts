/** D1's errors are texts: SQLite's message between a prefix and the name of its code. */

import { ConnectionError, DbError, type DbError as DbErrorType } from '@mizan/db'
import { toDbError as toSqliteError } from '../errors.ts'

/** SQLite's extended result codes by the beginning of their messages. */
const codes = [
  ['UNIQUE constraint failed', 2067],
  ['FOREIGN KEY constraint failed', 787],
  ['NOT NULL constraint failed', 1299],
  ['CHECK constraint failed', 275],
] as const

/** `D1_ERROR: UNIQUE constraint failed: people.email: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)` */
const form = /^(?:D1_[A-Z_]*ERROR: )?(.*?)(?:: SQLITE_[A-Z_]+(?: \(extended: \w+\))?)?$/s

/** Cloudflare says so when a statement did not reach its database, or its answer did not come back. */
const lost =
  /Network connection lost|object to be reset|storage caused object|Cannot resolve D1 DB|overloaded|internal error/i

/** Maps what the binding throws; an error of ours is left as it is. */
export function toDbError(error: unknown, sql: string | undefined): DbErrorType {
  if (error instanceof DbError) return error
  const given = error instanceof Error ? error.message : String(error)
  const [, message = given] = form.exec(given) ?? []
  const errcode = codes.find(([start]) => message.startsWith(start))?.[1]
  if (errcode === undefined && lost.test(message))
    return new ConnectionError(`D1 cannot be reached: ${message}`, { cause: error, sql })
  return toSqliteError(withoutData(error, message, errcode), sql)
}

/** The binding repeats a value that it does not take. */
function withoutData(error: unknown, message: string, errcode: number | undefined): Error {
  const plain = message.replace(/ at offset \d+$| for value '.*'$/s, '')
  const [, ...frames] = (error instanceof Error ? (error.stack ?? '') : '').split(/\n(?=\s+at )/)
  const clean = Object.assign(new Error(plain), { errcode })
  clean.stack = [`Error: ${plain}`, ...frames].join('\n')
  return clean
}
