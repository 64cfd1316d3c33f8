/** The one door through which an unknown failure becomes a MizanError. */

import { MizanError } from '@mizan/protocol'

/** `cause` itself when it is a MizanError, otherwise `INTERNAL` with it as the cause. */
export function toMizanError(cause: unknown): MizanError {
  if (cause instanceof MizanError) return cause
  return new MizanError('INTERNAL', String(cause), { cause })
}
