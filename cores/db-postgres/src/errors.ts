/** PostgreSQL's errors (SQLSTATE) as the core's. */

import {
  AuthenticationError,
  CheckViolationError,
  ConnectionError,
  DbError,
  DeadlockError,
  ForeignKeyViolationError,
  NoFreeConnectionError,
  NotNullViolationError,
  QueryError,
  SerializationError,
  StatementCancelledError,
  TransactionAbortedError,
  UniqueViolationError,
  UnknownNameError,
  ValueError,
} from '@mizan/db'

interface PostgresFacts {
  readonly code?: unknown
  readonly message?: unknown
  readonly detail?: unknown
  readonly constraint?: string
  readonly table?: string
  readonly column?: string
}

const lostCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EACCES',
])
const lostMessage =
  /^(Connection terminated|Client (has encountered a connection error|was closed))/

/** Maps what `pg` throws; an error of ours is left as it is. */
export function toDbError(error: unknown, sql: string | undefined): DbError {
  if (error instanceof DbError) return error
  const facts: PostgresFacts = typeof error === 'object' && error !== null ? error : {}
  const code = typeof facts.code === 'string' ? facts.code : ''
  const message =
    typeof facts.message === 'string' && facts.message !== ''
      ? facts.message
      : `${code || String(error)}`
  const options = { cause: error, sql }
  const constraint = {
    ...options,
    constraint: facts.constraint,
    table: facts.table,
    columns: facts.column === undefined ? columnsOf(facts.detail) : [facts.column],
  }
  dropData(error)
  switch (code) {
    case '23505':
      return new UniqueViolationError(message, constraint)
    case '23503':
      return new ForeignKeyViolationError(message, constraint)
    case '23502':
      return new NotNullViolationError(message, constraint)
    case '23514':
      return new CheckViolationError(message, constraint)
    case '25P02':
      return new TransactionAbortedError(options)
    case '40001':
    case '55P03':
      return new SerializationError(message, options)
    case '40P01':
      return new DeadlockError(message, options)
    case '57014':
      return new StatementCancelledError(options)
    case '28000':
    case '28P01':
      return new AuthenticationError(
        `PostgreSQL refused the login (${message}); check user and password in DATABASE_URL`,
        options,
      )
    case '3D000':
      return new ConnectionError(`${message}; create it, or correct DATABASE_URL`, options)
    // Too long, out of range, no number, no moment, no JSON, an unknown member of an enum.
    case '22001':
    case '22003':
    case '22007':
    case '22008':
    case '22P02':
    case '22P03':
    case '22P05':
      return new ValueError(`${withoutValue(message)}; check the value before it is stored`, {
        ...options,
        cause: withoutMessage(error),
      })
    case '42P01':
    case '42703':
      return new UnknownNameError(message, options)
  }
  // The pool says so; a server that does not answer is told in other words.
  if (message === 'timeout exceeded when trying to connect')
    return new NoFreeConnectionError(options)
  // 08: connection, 57P0x: the server shuts down, 53300: no connection left.
  if (
    lostCodes.has(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    code === '53300' ||
    lostMessage.test(message)
  ) {
    return new ConnectionError(
      `PostgreSQL cannot be reached: ${message}. Is it running, and is DATABASE_URL right?`,
      options,
    )
  }
  return new QueryError(message, options)
}

/** `invalid input syntax for type integer: "secret"` → without what was given. */
function withoutValue(message: string): string {
  return message
    .replace(/: ".*"$/s, '')
    .replace(/^(?:value )?".*" (is out of range)/s, 'a value $1')
}

/** The driver's error repeats the value in its message and its stack. */
function withoutMessage(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  const plain = withoutValue(error.message)
  const frames = (error.stack ?? '').split(/\n(?=\s+at )/).slice(1)
  error.message = plain
  error.stack = [`${error.name}: ${plain}`, ...frames].join('\n')
  return error
}

/** Rows and parameters: `Failing row contains (…)`, `Key (email)=(…) already exists`, `unnamed portal parameter $1 = …`. */
function dropData(error: unknown): void {
  if (typeof error !== 'object' || error === null) return
  for (const name of ['detail', 'where', 'internalQuery']) Reflect.deleteProperty(error, name)
}

/** `Key (workspace_id, slug)=(1, a) already exists.` → the columns, without the values. */
function columnsOf(detail: unknown): readonly string[] {
  const [, columns] = /^Key \(([^)]*)\)=/.exec(typeof detail === 'string' ? detail : '') ?? []
  return columns === undefined ? [] : columns.split(', ').map((name) => name.replace(/^"|"$/g, ''))
}
