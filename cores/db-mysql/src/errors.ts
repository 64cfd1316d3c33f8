/** The errors of MySQL and MariaDB (by number) as the core's. */

import {
  AuthenticationError,
  CheckViolationError,
  ConnectionError,
  DbError,
  DeadlockError,
  ForeignKeyViolationError,
  NotNullViolationError,
  QueryError,
  SerializationError,
  StatementCancelledError,
  UniqueViolationError,
  UnknownNameError,
  ValueError,
} from '@mizan/db'

interface MysqlFacts {
  readonly errno?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly sqlState?: unknown
}

/** Too many connections, access denied, shutdown, gone away, lost, killed. */
const connectionNumbers: ReadonlySet<unknown> = new Set([
  1040, 1049, 1053, 1927, 2002, 2003, 2006, 2013,
])
const connectionCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
])

/** The driver says so without a code. */
const closed = /connection is in closed state/

/** Maps what `mysql2` throws; an error of ours is left as it is. */
export function toDbError(error: unknown, sql: string | undefined): DbError {
  if (error instanceof DbError) return error
  const facts: MysqlFacts = typeof error === 'object' && error !== null ? error : {}
  const given =
    typeof facts.message === 'string' && facts.message !== ''
      ? facts.message
      : String(facts.code ?? error)
  const message = withoutValue(given)
  const options = { cause: withoutData(error), sql }
  switch (facts.errno) {
    case 1062:
    case 1586:
      return new UniqueViolationError(message, { ...options, constraint: keyName(message) })
    case 1216:
    case 1217:
    case 1451:
    case 1452:
      return new ForeignKeyViolationError(message, {
        ...options,
        constraint: named(message, /CONSTRAINT `([^`]+)`/),
        // The table that has the key, whichever row is missing.
        table: named(message, /\(`[^`]+`\.`([^`]+)`, CONSTRAINT/),
        columns: columnsOf(message),
      })
    case 1048:
    case 1364: {
      const column = named(message, /(?:Column|Field) '([^']+)'/)
      return new NotNullViolationError(message, {
        ...options,
        columns: column === undefined ? [] : [column],
      })
    }
    case 3819:
    case 4025:
      return new CheckViolationError(message, {
        ...options,
        constraint: named(message, /[`'](?:[^`']+\.)?([^`'.]+)[`']/),
      })
    case 1205:
      return new SerializationError(message, options)
    case 1213:
      return new DeadlockError(message, options)
    // Ended by somebody, or by max_statement_time and max_execution_time.
    case 1317:
    case 1969:
    case 3024:
      return new StatementCancelledError(options)
    case 1044:
    case 1045:
      return new AuthenticationError(
        `MySQL refused the login (${message}); check user, password and database in the url`,
        options,
      )
    // Too long, out of range, of another form, cut off.
    case 1264:
    case 1265:
    case 1292:
    case 1366:
    case 1406:
    case 3140:
    case 4038:
      return new ValueError(`${message}; check the value before it is stored`, options)
    case 1054:
    case 1146:
      return new UnknownNameError(message, options)
  }
  if (
    connectionNumbers.has(facts.errno) ||
    connectionCodes.has(facts.code) ||
    closed.test(message)
  ) {
    return new ConnectionError(
      `MySQL cannot be reached: ${message}. Is it running, and is DATABASE_URL right?`,
      options,
    )
  }
  return new QueryError(message, options)
}

/** `Duplicate entry 'secret' for key 'slug'` → `Duplicate entry for key 'slug'`, and the like. */
function withoutValue(message: string): string {
  return message
    .replace(/^Duplicate entry '.*' for key/s, 'Duplicate entry for key')
    .replace(
      /^((?:Incorrect|Truncated incorrect) \w+(?: \w+)? value): '.*'(?= for column|$)/s,
      '$1',
    )
}

/** `FOREIGN KEY (`a`, `b`) REFERENCES …` */
function columnsOf(message: string): readonly string[] {
  const list = named(message, /FOREIGN KEY \(([^)]*)\)/)
  return list === undefined ? [] : list.split(', ').map((name) => name.replaceAll('`', ''))
}

/** The driver's error holds the statement with the values written into it. */
function withoutData(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { errno, code, sqlState } = error as MysqlFacts // cast: errors of mysql2 carry these
  const clean = Object.assign(new Error(withoutValue(error.message)), { errno, code, sqlState })
  const [, ...frames] = (error.stack ?? '').split(/\n(?=\s+at )/)
  clean.stack = [`${error.name}: ${clean.message}`, ...frames].join('\n')
  return clean
}

/** `Duplicate entry 'a' for key 'projects.projects_slug'`: the last name counts. */
function keyName(message: string): string | undefined {
  return named(message, /for key '(?:[^'.]+\.)?([^']+)'$/)
}

function named(message: string, pattern: RegExp): string | undefined {
  return pattern.exec(message)?.[1]
}
