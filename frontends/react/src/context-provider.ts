/** The component of one context: it gives params to the hooks below it. */

import {
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
} from 'react'

import { type ContextDescriptor, inheritParams } from '@mizan/base'

/** Params as props; each may come from a provider further out instead. */
export type ContextProviderProps<Params> = {
  readonly [Key in keyof Params as string extends Key ? never : Key]?: Params[Key]
} & { readonly children?: ReactNode }

/** `<TaskContext taskId={5}>`: hooks of the context below it take from it what they are not given. */
export interface ContextProvider<Params> {
  (props: ContextProviderProps<Params>): ReactElement
  readonly displayName: string
  /** What hooks read. */
  readonly params: Context<Partial<Params> | undefined>
}

/** Makes the provider of `context`; `name` is what messages and developer tools call it. */
export function createContextProvider<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  name: string,
): ContextProvider<Params> {
  const ParamsContext = createContext<Partial<Params> | undefined>(undefined)

  function Provider({ children, ...props }: ContextProviderProps<Params>): ReactElement {
    const outer = useContext(ParamsContext)
    // cast: what is left of the props are params.
    const own = props as unknown as Partial<Params>
    const values = Object.keys(context.params).map((key) => own[key as keyof Params])
    // The keys of a descriptor never change, so neither does the number of dependencies.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- own is a new object at each render, its values are not
    const params = useMemo(() => inheritParams(context, outer, own), [outer, ...values])
    return createElement(ParamsContext.Provider, { value: params }, children)
  }

  return Object.assign(Provider, { displayName: name, params: ParamsContext })
}
