/** Paged reads: the page of before is shown while the next one loads. */

import type { MizanError } from '@mizan/protocol'

import type { ContextState } from '../context-state.ts'
import type { Observation } from '../observe.ts'

/**
 * Makes what one hook keeps from one page to the next. While an observation loads and has nothing to show, it shows what the one
 * before it does, with `isStale`; the kernel still decides what that is, so that nothing outlives a sign-out.
 */
export function keepPrevious<Value, Failure extends MizanError>(): (
  next: Observation<Value, Failure>,
) => Observation<Value, Failure> {
  let shown: Observation<Value, Failure> | undefined
  return (next) => {
    let made: ContextState<Value, Failure> | undefined
    let from: ContextState<Value, Failure> | undefined
    return {
      ...next,
      read() {
        const state = next.read()
        if (state.data !== undefined) shown = next
        if (state.status !== 'loading' || !shown || shown.key === next.key) return state
        const { data } = shown.read()
        if (data === undefined) return state
        if (!made || from !== state || made.data !== data) {
          from = state
          made = Object.freeze({ ...state, data, isStale: true })
        }
        return made
      },
    }
  }
}
