/** What the composables of a context return. */

import type { ComputedRef } from 'vue'

import type { ContextState, MizanError } from '@mizan/base'

/** Each property of a context's state as a ref of its own: a component renders again only for those that it reads. */
export type ContextResult<Value, Failure extends MizanError = MizanError> = {
  readonly [Field in keyof ContextState<Value>]: ComputedRef<ContextState<Value, Failure>[Field]>
} & {
  /** Asks the server again. Settles when the answer is shown, and never rejects: a failure is in `error`. */
  refetch(): Promise<void>
}
