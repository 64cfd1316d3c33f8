/** From an observation to a component that renders when it changes. */

import { useMemo, useSyncExternalStore } from 'react'

import type { Kernel, MizanError, Observation } from '@mizan/base'

import { type ContextResult, trackResult } from './context-result.ts'

/** Shows `observation`, which may be a new object at each render as long as its key stays. */
export function useObservation<Value, Failure extends MizanError>(
  kernel: Kernel,
  observation: Observation<Value, Failure>,
): ContextResult<Value, Failure> {
  // The first observation of its key stays: params given inline must not mount again at each render.
  const [subscribe, snapshot] = useMemo(
    () => [observation.subscribe, trackResult(observation)] as const,
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the observation
    [kernel, observation.key],
  )
  return useSyncExternalStore(subscribe, snapshot, snapshot)
}
