/** Inner transactions that run at the same time on one connection. */

import { DbError } from '../errors.ts'
import type { Level } from './level.ts'

/**
 * Resolves when `level` has ended.
 *
 * @param patience milliseconds
 * @throws DbError `transactions_overlap` when that takes longer
 */
export async function closedInTime({ closed }: Level, patience: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const error = overlapped(
      'A statement waited for an inner transaction beside it, which did not end; perhaps it waits for the statement. ',
    )
    timer = setTimeout(() => reject(error), patience)
  })
  try {
    await Promise.race([closed, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What was rolled back together can no longer be told apart. */
export function mixedUp(): DbError {
  return overlapped(
    'An inner transaction was rolled back while others ran beside it on the same connection, and took their work along. ',
  )
}

function overlapped(what: string): DbError {
  return new DbError(
    'transactions_overlap',
    `${what}Await an inner transaction before the next statement of the outer one`,
  )
}
