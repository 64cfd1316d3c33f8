/** A read that waits for something else: an id that is not chosen yet, a tab that is not open. */

import type { MizanError } from '@mizan/protocol'

import { type ContextState, idleState } from '../context-state.ts'
import { loadingState, type Observation } from '../observe.ts'

/**
 * `observation` itself when `isEnabled`; otherwise one that mounts nothing and asks for nothing. It shows what is known all the
 * same, and its status is `idle` where that is nothing.
 */
export function whenEnabled<Value, Failure extends MizanError>(
  observation: Observation<Value, Failure>,
  isEnabled: boolean,
): Observation<Value, Failure> {
  if (isEnabled) return observation
  return {
    ...observation,
    key: `${observation.key}#off`,
    read(): ContextState<Value, Failure> {
      const state = observation.read()
      return state === loadingState ? idleState : state
    },
    subscribe: () => () => undefined,
    load: () => Promise.resolve(),
  }
}
