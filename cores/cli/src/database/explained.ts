/** What the data core refuses, as a failure of the project: its message is the whole story. */

import { ProjectFailure, StoppedFailure } from '../failure.ts'

/** What databases say when a login may not do something. */
const deniedCodes: ReadonlySet<string> = new Set([
  '42501',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
])

/**
 * Runs something that works with a database.
 *
 * @throws ProjectFailure for what the data core or the database refused; StoppedFailure after Ctrl-C
 */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  const { DbError } = await import('@mizan/db')
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DbError)) throw error
    if (error.code === 'migration_stopped')
      throw new StoppedFailure(error.message, { cause: error })
    throw new ProjectFailure(explain(error), { cause: error })
  }
}

/** What is said of an error of the database. */
export function explain(error: Error): string {
  return isDenied(error)
    ? `${error.message}. The login of DATABASE_URL has not this right: grant it, or use a login that has it`
    : error.message
}

function isDenied(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && deniedCodes.has(String(each.code))) return true
  return false
}
