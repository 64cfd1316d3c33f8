/** The errors of Neon's driver: PostgreSQL's own where they are, else what befell the request. */

import { AuthenticationError, ConnectionError, DbError } from '@mizan/db'
import { toDbError as toPostgresError } from '../errors.ts'

/** Neon's proxy says so without a SQLSTATE. */
const refused = /password authentication failed|role .* does not exist|invalid connection string/i
/** The driver wraps what `fetch` threw, and answers that are no JSON. */
const unreached = /^(Error connecting to database|Server error \(HTTP status 5)/

/** Maps what the driver throws; an error of ours is left as it is. */
export function toDbError(error: unknown, sql: string | undefined): DbError {
  if (error instanceof DbError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (refused.test(message))
    return new AuthenticationError('Neon refused the login; check user and password in the url', {
      sql,
    })
  if (unreached.test(message))
    return new ConnectionError(
      'Neon cannot be reached, or did not answer. Is the host in the url right, and the project awake?',
      { cause: error, sql },
    )
  return toPostgresError(error, sql)
}
