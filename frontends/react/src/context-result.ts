/** What the hooks of a context return, and how little they render for. */

import { type ContextState, type MizanError, type Observation, stateFields } from '@mizan/base'

/** A component renders again only for the properties that it reads. */
export interface ContextResult<Value, Failure extends MizanError = MizanError> extends ContextState<
  Value,
  Failure
> {
  /** Asks the server again. Settles when the answer is shown, and never rejects: a failure is in `error`. */
  refetch(): Promise<void>
  /** The same, but asks only for what is not at hand. */
  load(): Promise<void>
}

type Field = keyof ContextState<unknown>

/**
 * A snapshot function for `useSyncExternalStore`: its result keeps its identity until a property that was read from it
 * changes. What was not read yet is read from the kernel as it is then.
 */
export function trackResult<Value, Failure extends MizanError>(
  observation: Observation<Value, Failure>,
): () => ContextResult<Value, Failure> {
  let seen: Map<Field, unknown>
  let result: ContextResult<Value, Failure> | undefined

  function make(): ContextResult<Value, Failure> {
    const own = (seen = new Map<Field, unknown>())
    const target = { refetch: observation.refetch, load: observation.load }
    for (const field of stateFields) {
      Object.defineProperty(target, field, {
        enumerable: true,
        get() {
          if (!own.has(field)) own.set(field, observation.read()[field])
          return own.get(field)
        },
      })
    }
    // cast: the loop defined every field of a state.
    return target as ContextResult<Value, Failure>
  }

  return () => {
    const state = observation.read()
    const isSame = result && [...seen].every(([field, value]) => state[field] === value)
    return (result = isSame && result ? result : make())
  }
}
