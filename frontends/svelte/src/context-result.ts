/** What the functions of a context return. */

import type { ContextState, MizanError } from '@mizan/base'

/** Getters that follow the kernel: an effect runs again only for those that it reads. Do not destructure it. */
export interface ContextResult<Value, Failure extends MizanError = MizanError> extends ContextState<
  Value,
  Failure
> {
  /** Asks the server again. Settles when the answer is shown, and never rejects: a failure is in `error`. */
  refetch(): Promise<void>
}
