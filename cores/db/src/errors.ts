/** The errors of the data core: one base class, stable codes, a class for each thing a caller can act on. */

/** Facts that an error may carry. */
export interface DbErrorOptions {
  readonly cause?: unknown
  /** The statement; parameters are never part of an error, they are data. */
  readonly sql?: string | undefined
}

/** What a violated constraint is known by. Whatever the database did not say is undefined. */
export interface ConstraintFacts extends DbErrorOptions {
  readonly constraint?: string | undefined
  /** Database name. */
  readonly table?: string | undefined
  /** Database names. */
  readonly columns?: readonly string[] | undefined
}

/** Every failure of the data core. */
export class DbError extends Error {
  override readonly name: string = 'DbError'
  readonly code: string
  readonly sql: string | undefined

  constructor(code: string, message: string, options: DbErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.sql = options.sql
  }
}

/** The database could not be reached, or the connection was lost. */
export class ConnectionError extends DbError {
  override readonly name: string = 'ConnectionError'

  constructor(message: string, options?: DbErrorOptions, code = 'connection_failed') {
    super(code, message, options)
  }
}

/** All connections were in use for as long as the client waits for one. */
export class NoFreeConnectionError extends ConnectionError {
  override readonly name: string = 'NoFreeConnectionError'

  constructor(options?: DbErrorOptions) {
    super(
      'No connection became free in time: all are in use. Inside transaction(async (tx) => …), await statements of tx, not ' +
        'of the client, which waits for the transaction to end; or raise maximumConnections',
      options,
      'no_free_connection',
    )
  }
}

/** The connection was lost while COMMIT was on its way: it may have happened or not. Never retried. */
export class CommitOutcomeUnknownError extends DbError {
  override readonly name: string = 'CommitOutcomeUnknownError'

  constructor(options?: DbErrorOptions) {
    super(
      'commit_outcome_unknown',
      'The connection was lost during COMMIT; whether the transaction is stored is unknown. Look before trying again',
      options,
    )
  }
}

/** The database refused a statement for a reason without a class of its own. */
export class QueryError extends DbError {
  override readonly name: string = 'QueryError'

  constructor(message: string, options?: DbErrorOptions, code = 'query_failed') {
    super(code, message, options)
  }
}

/** A statement broke a constraint. */
export class ConstraintViolationError extends QueryError {
  override readonly name: string = 'ConstraintViolationError'
  readonly constraint: string | undefined
  readonly table: string | undefined
  readonly columns: readonly string[]

  constructor(code: string, message: string, facts: ConstraintFacts = {}) {
    super(message, facts, code)
    this.constraint = facts.constraint
    this.table = facts.table
    this.columns = Object.freeze([...(facts.columns ?? [])])
  }
}

/** The database says what is wrong; this says the way out, once. */
function advised(message: string, advice: string): string {
  return message.endsWith(advice) ? message : `${message}. ${advice}`
}

/** A row with this key exists already. */
export class UniqueViolationError extends ConstraintViolationError {
  override readonly name: string = 'UniqueViolationError'

  constructor(message: string, facts?: ConstraintFacts) {
    super(
      'unique_violation',
      advised(message, 'There is such a row already: use other values, or say onConflict'),
      facts,
    )
  }
}

/** The row that is referred to does not exist, or is still referred to. */
export class ForeignKeyViolationError extends ConstraintViolationError {
  override readonly name: string = 'ForeignKeyViolationError'

  constructor(message: string, facts?: ConstraintFacts) {
    super(
      'foreign_key_violation',
      advised(message, 'The row that is referred to is missing, or is still referred to'),
      facts,
    )
  }
}

/** A column that is never null was given none. */
export class NotNullViolationError extends ConstraintViolationError {
  override readonly name: string = 'NotNullViolationError'

  constructor(message: string, facts?: ConstraintFacts) {
    super(
      'not_null_violation',
      advised(message, 'Give the column a value, or declare a default'),
      facts,
    )
  }
}

/** A row does not meet a check. */
export class CheckViolationError extends ConstraintViolationError {
  override readonly name: string = 'CheckViolationError'

  constructor(message: string, facts?: ConstraintFacts) {
    super('check_violation', advised(message, 'Give values that meet the check'), facts)
  }
}

/** Two transactions met (deadlock, serialization failure); the whole transaction may be tried again. */
export class SerializationError extends QueryError {
  override readonly name: string = 'SerializationError'

  constructor(message: string, options?: DbErrorOptions) {
    super(message, options, 'serialization_failure')
  }
}

/** A prepared statement no longer fits, because the schema was changed under it; the whole transaction is run again. */
export class StaleStatementError extends QueryError {
  override readonly name: string = 'StaleStatementError'

  constructor(options?: DbErrorOptions) {
    super(
      'A table was changed while this transaction had a statement on it prepared. transaction(async (tx) => …) runs again by ' +
        'itself; a transaction of another kind has to be begun again',
      options,
      'stale_statement',
    )
  }
}

/** A statement was ended because its caller has left. */
export class StatementCancelledError extends QueryError {
  override readonly name: string = 'StatementCancelledError'

  constructor(options?: DbErrorOptions) {
    super(
      'The statement was ended: its caller left, or it took longer than it may',
      options,
      'statement_cancelled',
    )
  }
}

/** Name or password were refused. */
export class AuthenticationError extends ConnectionError {
  override readonly name: string = 'AuthenticationError'

  constructor(message: string, options?: DbErrorOptions) {
    super(message, options, 'authentication_failed')
  }
}

/** Two transactions waited for each other, and this one was chosen to end. */
export class DeadlockError extends SerializationError {
  override readonly name: string = 'DeadlockError'
}

/** A statement names a table or column that the database does not have. */
export class UnknownNameError extends QueryError {
  override readonly name: string = 'UnknownNameError'

  constructor(message: string, options?: DbErrorOptions) {
    super(
      `${message}. Are all migrations applied (mizan db migrate status)?`,
      options,
      'unknown_name',
    )
  }
}

/** A transaction was used after it had ended. */
export class TransactionEndedError extends DbError {
  override readonly name: string = 'TransactionEndedError'

  constructor() {
    super(
      'transaction_ended',
      'This transaction has ended; await every statement inside its callback',
    )
  }
}

/** An error, or a transaction beside it, left this transaction without anything to commit. The whole may be tried again. */
export class TransactionAbortedError extends DbError {
  override readonly name: string = 'TransactionAbortedError'

  constructor(options?: DbErrorOptions) {
    super(
      'transaction_aborted',
      'This transaction was rolled back because of an earlier error in it, also where that error was caught (see the cause). ' +
        'Run the whole transaction again',
      options,
    )
  }
}

/** The database, or the way that leads to it, has no transactions that are open while code runs: D1, SQL over HTTP. */
export class TransactionsNotSupportedError extends DbError {
  override readonly name: string = 'TransactionsNotSupportedError'

  constructor(dialect: string) {
    super(
      'transactions_not_supported',
      `${dialect} has no transactions that stay open while code runs. db.batch([…]) stores several statements together or not at ` +
        'all; a mutation of a server says transaction: false',
    )
  }
}

/** Rows come whole or not at all. */
export class StreamingNotSupportedError extends DbError {
  override readonly name: string = 'StreamingNotSupportedError'

  constructor(dialect: string) {
    super(
      'streaming_not_supported',
      `${dialect} sends rows whole, so .stream() would hold all of them; read page by page with db.query.<table>.findPage`,
    )
  }
}

/** A value that a column cannot hold: too long, out of range, of another form. */
export class ValueError extends DbError {
  override readonly name: string = 'ValueError'

  constructor(message: string, options?: DbErrorOptions) {
    super('invalid_value', message, options)
  }
}
