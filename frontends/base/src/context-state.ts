/** What a kernel knows of one instance of a context at one moment. */

import type { MizanError } from '@mizan/protocol'

/** `success` stays while newer data is on its way; `error` may come with the data from before. */
export type ContextStatus = 'idle' | 'loading' | 'success' | 'error'

/** A frozen snapshot; a change is a new object. */
export interface ContextState<Data, Failure extends MizanError = MizanError> {
  readonly data: Data | undefined
  readonly status: ContextStatus
  readonly error: Failure | undefined
  /** There is data, and newer data is wanted or on its way. */
  readonly isStale: boolean
  /** When the last good answer was asked for, in milliseconds of the kernel's clock. */
  readonly fetchedAt: number | undefined
}

/** Nobody asked for it yet. */
export const idleState: ContextState<never, never> = Object.freeze({
  data: undefined,
  status: 'idle',
  error: undefined,
  isStale: false,
  fetchedAt: undefined,
})

/** The properties of a state. */
export const stateFields: readonly (keyof ContextState<unknown>)[] =
  // cast: the names of what was just written.
  /* @__PURE__ */ Object.keys(idleState) as (keyof ContextState<unknown>)[]

/** Whether two snapshots tell the same. */
export function isSameState(a: ContextState<unknown>, b: ContextState<unknown>): boolean {
  return stateFields.every((field) => a[field] === b[field])
}
