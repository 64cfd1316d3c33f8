/** From an observation to a component that renders when it changes. */

import { useMemo, useSyncExternalStore } from 'react'

import {
  createRead,
  type Kernel,
  type MizanError,
  type Observation,
  type ReadOptions,
} from '@mizan/base'

import { type ContextResult, trackResult } from './context-result.ts'

/** Shows what `observe` returns, which may be a new object at each render as long as its key stays. */
export function useObservation<Data, Value, Failure extends MizanError>(
  kernel: Kernel,
  observe: () => Observation<Data, Failure>,
  options: ReadOptions<Data, Value> | undefined,
): ContextResult<Value, Failure> {
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- nothing of one kernel is kept for another
  const read = useMemo(() => createRead<Data, Value, Failure>(), [kernel])
  const observation = read(observe, options)
  // The first observation of its key stays: params given inline must not mount again at each render.
  const [subscribe, snapshot] = useMemo(
    () => [observation.subscribe, trackResult(observation)] as const,
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the observation
    [kernel, observation.key],
  )
  return useSyncExternalStore(subscribe, snapshot, snapshot)
}
