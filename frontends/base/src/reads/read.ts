/** One hook's read: what it looks at, and in which way. */

import type { MizanError } from '@mizan/protocol'

import { type ContextState, idleState, isSameState } from '../context-state.ts'
import type { Observation } from '../observe.ts'
import { shareValues } from '../share-values.ts'
import { keepPrevious } from './keep-previous.ts'
import { whenEnabled } from './when-enabled.ts'

/** How a hook reads a context or a member of it. */
export interface ReadOptions<Data, Value = Data> {
  /** Otherwise nothing is mounted or asked for, required params may be missing, and what is known is shown. @default true */
  readonly enabled?: boolean
  /** While other params load, what those of before showed stays, with `isStale`. @default false */
  readonly keepPrevious?: boolean
  /** Shown until there is an answer, with `isStale`; the kernel never holds it. */
  readonly placeholder?: Data
  /**
   * What is shown of the data: the hook renders only when that changes, equal parts keep their identity. What it throws is thrown
   * where the data is read.
   */
  readonly select?: (data: Data) => Value
}

/**
 * The observation that a hook shows: of what `observe` looks at now, in the way of the options given last.
 *
 * @throws what `observe` does, unless the read is not enabled.
 */
export type Read<Data, Value, Failure extends MizanError> = (
  observe: () => Observation<Data, Failure>,
  options: ReadOptions<Data, Value> | undefined,
) => Observation<Value, Failure>

/** Makes what one hook keeps from one set of params to the next. */
export function createRead<Data, Value, Failure extends MizanError>(): Read<Data, Value, Failure> {
  const keep = keepPrevious<Data, Failure>()
  let options: ReadOptions<Data, Value> = {}
  let latest: Value | undefined

  function placeholderOf(state: ContextState<Data, Failure>): Data | undefined {
    return state.data === undefined && state.status !== 'error' ? options.placeholder : undefined
  }

  return (observe, given = {}) => {
    options = given
    const { enabled = true } = given
    const next = whenEnabled(enabled ? observe() : known(observe), enabled)
    const kept = keep(next)
    let from: ContextState<Data, Failure> | undefined
    let through: ReadOptions<Data, Value>['select']
    let shown: ContextState<Value, Failure> | undefined

    return {
      ...next,
      read() {
        const state = (options.keepPrevious ? kept : next).read()
        const { select, placeholder } = options
        // cast: without `select`, the value is the data.
        if (!select && placeholder === undefined)
          return state as ContextState<unknown, Failure> as ContextState<Value, Failure>
        if (shown && state === from && select === through) return shown
        from = state
        through = select
        const instead = placeholderOf(state)
        const data = instead ?? state.data
        // cast: the same.
        const value = data !== undefined && select ? select(data) : (data as Value | undefined)
        latest = shareValues(latest, value) as Value | undefined // cast: one of the two, which are equal
        const made = { ...state, data: latest, isStale: state.isStale || instead !== undefined }
        if (!shown || !isSameState(shown, made)) shown = Object.freeze(made)
        return shown
      },
    }
  }
}

/** What can be looked at without asking: nothing, as long as params are missing. */
function known<Value, Failure extends MizanError>(
  observe: () => Observation<Value, Failure>,
): Observation<Value, Failure> {
  try {
    return observe()
  } catch {
    return nothing
  }
}

async function nobodyAsks(): Promise<void> {}

const nothing: Observation<never, never> = {
  key: '',
  read: () => idleState,
  subscribe: () => () => undefined,
  refetch: nobodyAsks,
  load: nobodyAsks,
}
