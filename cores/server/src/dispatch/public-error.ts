/** The one door from an unknown error to one that may leave the server. */

import { randomUUID } from 'node:crypto'
import { MizanError } from '@mizan/protocol'
import type { Logger } from '../logger.ts'

/**
 * A {@link MizanError} passes; anything else becomes `INTERNAL` with a fixed message. What is 5xx gets an id, under
 * which the log holds the cause; an error that has its id already was logged.
 */
export function toPublicError(error: unknown, logger: Logger): MizanError {
  if (error instanceof MizanError && (error.status < 500 || error.id !== undefined)) return error
  const id = randomUUID()
  logger.error({ id, error }, 'a request failed')
  if (!(error instanceof MizanError)) {
    return new MizanError('INTERNAL', 'Something went wrong on the server', { id, cause: error })
  }
  return new MizanError(error.code, error.message, {
    status: error.status,
    details: error.details,
    id,
    cause: error,
  })
}
