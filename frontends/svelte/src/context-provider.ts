/** The provider of one context: it gives params to the components below. */

import { getContext, setContext } from 'svelte'

import { type ContextDescriptor, inheritParams } from '@mizan/base'

/** Gives params to the components below; those left out may come from further out. Call it while the component is made. */
export interface ContextProvider<Params> {
  (params: () => Partial<Params>): void
  readonly displayName: string
  /** Where {@link ProvidedParams} stand. */
  readonly key: symbol
}

/** A function, so that it follows the runes that it reads. */
export type ProvidedParams<Params> = () => Partial<Params>

/** Makes the provider of `context`; `name` is what messages call it: `TaskContext` for `provideTaskContext`. */
export function createContextProvider<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  name: string,
): ContextProvider<Params> {
  const key = Symbol(name)

  function provide(params: () => Partial<Params>): void {
    const outer = getContext<ProvidedParams<Params> | undefined>(key)
    setContext(key, () => inheritParams(context, outer?.(), params()))
  }

  return Object.assign(provide, { displayName: `provide${name}`, key })
}
