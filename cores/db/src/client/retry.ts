/** After which errors a whole transaction is run again. */

import {
  ConnectionError,
  NoFreeConnectionError,
  SerializationError,
  StaleStatementError,
  TransactionAbortedError,
} from '../errors.ts'
import type { DbEventTarget } from './events.ts'
import type { TransactionOptions } from './transaction-options.ts'

/** Whether another run may end otherwise, and this one left nothing behind. */
export function isRepeatable(error: unknown): boolean {
  // Caught inside, it has ended the transaction all the same.
  if (error instanceof TransactionAbortedError) return isRepeatable(error.cause)
  if (error instanceof NoFreeConnectionError) return false
  return error instanceof SerializationError || error instanceof ConnectionError
}

/** Whether a statement was prepared on a table that has changed since. */
export function isStaleStatement(error: unknown): boolean {
  return (
    error instanceof StaleStatementError ||
    (error instanceof TransactionAbortedError && error.cause instanceof StaleStatementError)
  )
}

/** Those who met once do not come back at the same moment: up to 10 milliseconds, twice as long each time. */
export async function backOff(attempt: number): Promise<void> {
  const longest = 10 * 2 ** Math.min(attempt, 7)
  await new Promise((resolve) => {
    setTimeout(resolve, Math.random() * longest)
  })
}

/** Runs a whole transaction, again as often as it may, and tells of each run. */
export async function repeatTransaction<T>(
  run: () => Promise<T>,
  { isolation, retries = 0 }: TransactionOptions,
  events: DbEventTarget,
): Promise<T> {
  let isFresh = false
  for (let attempt = 0; ; attempt += 1) {
    events.emit('transactionStart', { isolation })
    try {
      const result = await run()
      events.emit('transactionCommit', { isolation })
      return result
    } catch (error) {
      events.emit('transactionRollback', { isolation, error })
      // The second time the statement is not prepared on the old table.
      if (isStaleStatement(error) && !isFresh) isFresh = true
      else if (attempt >= retries || !isRepeatable(error)) throw error
      else await backOff(attempt)
    }
  }
}
