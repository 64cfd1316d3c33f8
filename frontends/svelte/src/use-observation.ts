/** From an observation to getters that follow it. */

import { createSubscriber } from 'svelte/reactivity'

import type { ContextState, MizanError, Observation } from '@mizan/base'

import type { ContextResult } from './context-result.ts'

type Field = keyof ContextState<unknown>

/** Shows what `observe` returns; effects that read it run again when runes that it reads change. */
export function useObservation<Value, Failure extends MizanError>(
  observe: () => Observation<Value, Failure>,
): ContextResult<Value, Failure> {
  // Missing params are an error of the component that forgot them, not of whoever reads the data first.
  let last = observe()
  let follow = followFields(last)

  function state<Own extends Field>(field: Own): ContextState<Value, Failure>[Own] {
    const next = observe()
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
