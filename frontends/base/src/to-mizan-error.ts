/** The one door through which an unknown failure becomes a MizanError. */

import { MizanError } from '@mizan/protocol'

/** `cause` itself when it is a MizanError, otherwise `INTERNAL` with it as the cause; `where` prefixes the message. */
export function toMizanError(cause: unknown, where?: string): MizanError {
  const known = cause instanceof MizanError
  if (known && where === undefined) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  return new MizanError(
    known ? cause.code : 'INTERNAL',
    where === undefined ? message : `${where}: ${message}`,
    { cause },
  )
}
