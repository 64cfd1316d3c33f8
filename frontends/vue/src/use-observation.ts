/** From an observation to refs that change with it. */

import { computed, type MaybeRefOrGetter, onServerPrefetch, toValue } from 'vue'

import { createRead, type MizanError, type Observation, type ReadOptions } from '@mizan/base'

import type { ContextResult } from './context-result.ts'
import { useMizanOptions } from './kernel-provider.ts'
import { useFollowed } from './use-followed.ts'

/** Shows what `observe` returns; it runs again when refs that it or `options` read change. */
export function useObservation<Data, Value, Failure extends MizanError>(
  observe: () => Observation<Data, Failure>,
  options: MaybeRefOrGetter<ReadOptions<Data, Value> | undefined>,
): ContextResult<Value, Failure> {
  const read = createRead<Data, Value, Failure>()
  const { current, state, refresh } = useFollowed(() => read(observe, toValue(options)))

  if (useMizanOptions().serverPrefetch) {
    onServerPrefetch(async () => {
      await current.value.load()
      refresh()
    })
  }

  return {
    data: computed(() => state.value.data),
    status: computed(() => state.value.status),
    error: computed(() => state.value.error),
    isStale: computed(() => state.value.isStale),
    fetchedAt: computed(() => state.value.fetchedAt),
    refetch: () => current.value.refetch(),
  }
}
