/** The one door from an unknown error to one that may leave the server. */

import { randomUUID } from 'node:crypto'
import { MizanError, type MizanErrorOptions } from '@mizan/protocol'
import type { Logger } from '../logger.ts'

/** Errors that came through the door: what is among them stands in the log. */
const logged = new WeakSet<MizanError>()

/**
 * A {@link MizanError} with the status of an error passes; anything else becomes `INTERNAL` with a fixed message. What is
 * 5xx gets an id, under which the log holds the cause; an id that came with the error is of another server's log.
 */
export function toPublicError(error: unknown, logger: Logger): MizanError {
  if (!(error instanceof MizanError) || !isErrorStatus(error.status)) {
    return report(new MizanError('INTERNAL', 'Something went wrong on the server'), error, logger)
  }
  if (error.status < 500) return error.id === undefined ? error : copyOf(error, {})
  return logged.has(error) ? error : report(error, error, logger)
}

/** The same error with other details; it is not logged again. */
export function withDetails(error: MizanError, details: unknown): MizanError {
  const copy = copyOf(error, { details, ...(error.id === undefined ? {} : { id: error.id }) })
  if (logged.has(error)) logged.add(copy)
  return copy
}

function report(shown: MizanError, cause: unknown, logger: Logger): MizanError {
  const id = randomUUID()
  logger.error({ id, error: cause }, 'a request failed')
  const known = copyOf(shown, { id, cause })
  logged.add(known)
  return known
}

function copyOf(error: MizanError, changes: MizanErrorOptions): MizanError {
  const { status, details } = error
  return new MizanError(error.code, error.message, { status, details, cause: error, ...changes })
}

function isErrorStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 400 && status < 600
}
