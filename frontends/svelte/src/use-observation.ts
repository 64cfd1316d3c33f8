/** From an observation to getters that follow it. */

import { createSubscriber } from 'svelte/reactivity'

import {
  type ContextState,
  createRead,
  type MizanError,
  type Observation,
  type ReadOptions,
} from '@mizan/base'

import type { ContextResult } from './context-result.ts'

type Field = keyof ContextState<unknown>

/** Shows what `observe` returns; effects that read it run again when runes that it or `options` read change. */
export function useObservation<Data, Value, Failure extends MizanError>(
  observe: () => Observation<Data, Failure>,
  options: (() => ReadOptions<Data, Value> | undefined) | undefined,
): ContextResult<Value, Failure> {
  const read = createRead<Data, Value, Failure>()
  const look = (): Observation<Value, Failure> => read(observe, options?.())
  // Missing params are an error of the component that forgot them, not of whoever reads the data first.
  let last = look()
  let follow = followFields(last)

  function state<Own extends Field>(field: Own): ContextState<Value, Failure>[Own] {
    const next = look()
    // The last observation stays while the key does: equal params must not mount again.
    if (next.key !== last.key) {
      last = next
      follow = followFields(next)
    }
    follow(field)
    return last.read()[field]
  }

  return {
    get data() {
      return state('data')
    },
    get status() {
      return state('status')
    },
    get error() {
      return state('error')
    },
    get isStale() {
      return state('isStale')
    },
    get fetchedAt() {
      return state('fetchedAt')
    },
    refetch: () => last.refetch(),
  }
}

/** One subscriber a field, so that an effect runs again only for the fields that it reads. */
function followFields<Value, Failure extends MizanError>(
  observation: Observation<Value, Failure>,
): (field: Field) => void {
  const subscribers = new Map<Field, () => void>()
  return (field) => {
    const subscribe = subscribers.get(field) ?? followField(observation, field)
    subscribers.set(field, subscribe)
    subscribe()
  }
}

function followField<Value, Failure extends MizanError>(
  observation: Observation<Value, Failure>,
  field: Field,
): () => void {
  return createSubscriber((update) => {
    let shown: unknown = observation.read()[field]
    function refresh(): void {
      const value = observation.read()[field]
      if (value === shown) return
      shown = value
      update()
    }
    const stop = observation.subscribe(refresh)
    // Mounting may have changed it, before the listener was there.
    refresh()
    return stop
  })
}
