/** From something of the kernel that changes to refs: what composables of contexts, lists and channels have in common. */

import { computed, type ComputedRef, shallowRef, watchPostEffect } from 'vue'

/** Something that is on the page while somebody subscribes to it. */
export interface Followed<State> {
  /** Equal for what looks at the same. */
  readonly key: string
  /** Keeps its identity until it changes. */
  read(): State
  subscribe(listener: () => void): () => void
}

/** What {@link useFollowed} returns. */
export interface Following<State, Source> {
  readonly current: ComputedRef<Source>
  readonly state: ComputedRef<State>
  /** Reads again, where nobody has subscribed. */
  refresh(): void
}

/** Shows what `make` returns; it runs again when refs that it reads change. */
export function useFollowed<State, Source extends Followed<State>>(
  make: () => Source & Followed<State>,
): Following<State, Source> {
  const latest = computed(make)
  // The last one stays while the key does: equal params must not mount again, or lose the pages that were asked for.
  const current = computed<Source>((last) => {
    const next = latest.value
    return last?.key === next.key ? last : next
  })
  // Missing params are an error of the component that forgot them, not of whoever reads the data first.
  void current.value

  const version = shallowRef(0)
  const state = computed<State>(() => {
    void version.value
    // Also where the key stays: other options may show the same otherwise.
    void latest.value
    return current.value.read()
  })
  const refresh = (): void => void version.value++

  // After rendering, so never on a server: there, data comes from what the kernel loaded before.
  watchPostEffect((onCleanup) => {
    onCleanup(current.value.subscribe(refresh))
    refresh()
  })
  return { current, state, refresh }
}
