/** The component of one context: it gives params to the composables below it. */

import {
  computed,
  type ComputedRef,
  defineComponent,
  inject,
  type InjectionKey,
  provide,
  type VNodeProps,
} from 'vue'

import { type ContextDescriptor, inheritParams } from '@mizan/base'

/** Params as props; each may come from a provider further out instead. */
export type ContextProviderProps<Params> = {
  readonly [Key in keyof Params as string extends Key ? never : Key]?: Params[Key]
}

/** `<TaskContext :task-id="5">`: composables of the context below it take from it what they are not given. */
export interface ContextProvider<Params> {
  new (): {
    /** What Vue takes of every component, such as `key`, as well. */
    readonly $props: ContextProviderProps<Params> & VNodeProps
    readonly $slots: { default?(): unknown }
  }
  readonly name: string
  /** What composables inject. */
  readonly params: InjectionKey<ComputedRef<Partial<Params>>>
}

/** Makes the provider of `context`; `name` is what messages and developer tools call it. */
export function createContextProvider<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  name: string,
): ContextProvider<Params> {
  const key: InjectionKey<ComputedRef<Partial<Params>>> = Symbol(name)
  const provider = defineComponent({
    name,
    // Without a type Vue leaves the values alone; absent props are undefined.
    props: Object.keys(context.params),
    setup(props, { slots }) {
      const outer = inject(key, undefined)
      // cast: the props are the params.
      const own = props as Partial<Params>
      provide(
        key,
        computed(() => inheritParams(context, outer?.value, own)),
      )
      return () => slots['default']?.()
    },
  })
  // cast: templates see a component by its props and slots.
  return Object.assign(provider, { params: key }) as unknown as ContextProvider<Params>
}
