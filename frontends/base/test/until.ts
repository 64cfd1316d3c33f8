/** Waiting for a state instead of for a time. */

import type { ContextDescriptor, ContextState, Given, Kernel } from '@mizan/base'

/** A mounted instance that remembers each state it had. */
export interface Watched<Data> extends Disposable {
  readonly states: ContextState<Data>[]
  /** Resolves with the first state, from now on, that `isMet` accepts. */
  until(isMet: (state: ContextState<Data>) => boolean): Promise<ContextState<Data>>
  /** Resolves when data is there and nothing newer is wanted. */
  settled(): Promise<ContextState<Data>>
}

/** Mounts an instance until it is disposed of. */
export function watch<Params, Data>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data>,
  params: Given<Params>,
): Watched<Data> {
  const states: ContextState<Data>[] = []
  const waiting = new Set<() => void>()

  function record(): void {
    const state = kernel.read(context, params)
    if (state !== states.at(-1)) states.push(state)
    for (const check of [...waiting]) check()
  }

  const stop = kernel.subscribe(context, params, record)
  record()

  function until(isMet: (state: ContextState<Data>) => boolean): Promise<ContextState<Data>> {
    return new Promise((resolve) => {
      const check = (): void => {
        const state = kernel.read(context, params)
        if (!isMet(state)) return
        waiting.delete(check)
        resolve(state)
      }
      waiting.add(check)
      check()
    })
  }

  return {
    states,
    until,
    settled: () => until((state) => state.status !== 'loading' && !state.isStale),
    [Symbol.dispose]: stop,
  }
}
