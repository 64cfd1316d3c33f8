/** From an observation to refs that change with it. */

import {
  computed,
  type MaybeRefOrGetter,
  onServerPrefetch,
  shallowRef,
  toValue,
  watchPostEffect,
} from 'vue'

import { createRead, type MizanError, type Observation, type ReadOptions } from '@mizan/base'

import type { ContextResult } from './context-result.ts'
import { useMizanOptions } from './kernel-provider.ts'

/** Shows what `observe` returns; it runs again when refs that it or `options` read change. */
export function useObservation<Data, Value, Failure extends MizanError>(
  observe: () => Observation<Data, Failure>,
  options: MaybeRefOrGetter<ReadOptions<Data, Value> | undefined>,
): ContextResult<Value, Failure> {
  const read = createRead<Data, Value, Failure>()
  const latest = computed(() => read(observe, toValue(options)))
  // The last observation stays while the key does: equal params must not mount again.
  const observation = computed<Observation<Value, Failure>>((last) => {
    const next = latest.value
    return last?.key === next.key ? last : next
  })
  // Missing params are an error of the component that forgot them, not of whoever reads the data first.
  void observation.value

  const version = shallowRef(0)
  const state = computed(() => {
    void version.value
    void latest.value
    return observation.value.read()
  })

  if (useMizanOptions().serverPrefetch) {
    onServerPrefetch(async () => {
      await observation.value.load()
      version.value++
    })
  }

  // After rendering, so never on a server: there, data comes from what the kernel loaded before.
  watchPostEffect((onCleanup) => {
    onCleanup(observation.value.subscribe(() => version.value++))
    version.value++
  })

  return {
    data: computed(() => state.value.data),
    status: computed(() => state.value.status),
    error: computed(() => state.value.error),
    isStale: computed(() => state.value.isStale),
    fetchedAt: computed(() => state.value.fetchedAt),
    refetch: () => observation.value.refetch(),
  }
}
