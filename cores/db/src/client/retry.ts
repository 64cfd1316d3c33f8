/** After which errors a whole transaction is run again. */

import {
  ConnectionError,
  NoFreeConnectionError,
  SerializationError,
  StaleStatementError,
  TransactionAbortedError,
} from '../errors.ts'

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
