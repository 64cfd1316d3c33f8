/** What composables promise of params and data. */

import type { ContextDescriptor } from '@mizan/base'
import { type ComputedRef, computed, ref, type VNodeProps } from 'vue'

import {
  type ContextProvider,
  useContextBundle,
  useContextMember,
  useInfiniteContext,
} from './index.ts'

interface NewsParams {
  page: number
  locale?: string
}

declare const news: ContextDescriptor<NewsParams, { headlines: string[]; total: number }>
declare const NewsContext: ContextProvider<NewsParams>
declare const global: ContextDescriptor<Record<string, never>, { user: string | null }>
declare const GlobalContext: ContextProvider<Record<string, never>>

/** Params may be an object, a ref, a computed ref or a getter; all of them may come from a provider. */
export function Params(): ComputedRef<string[] | undefined>[] {
  const page = ref<NewsParams>({ page: 1 })
  // @ts-expect-error -- another type
  useContextMember(NewsContext, news, 'headlines', { page: 'one' })
  // @ts-expect-error -- another type, in a getter
  useContextMember(NewsContext, news, 'headlines', () => ({ page: 'one' }))
  // @ts-expect-error -- in a ref
  useContextMember(NewsContext, news, 'headlines', ref({ page: 'one' }))
  // @ts-expect-error -- there is no such member
  useContextMember(NewsContext, news, 'headline')
  // @ts-expect-error -- a getter of a param is not a param: the whole object is followed
  useContextMember(NewsContext, news, 'headlines', { page: () => 1 })
  return [
    useContextMember(NewsContext, news, 'headlines').data,
    useContextMember(NewsContext, news, 'headlines', { locale: 'de' }).data,
    useContextMember(NewsContext, news, 'headlines', page).data,
    useContextMember(
      NewsContext,
      news,
      'headlines',
      computed(() => page.value),
    ).data,
    useContextMember(NewsContext, news, 'headlines', () => ({ page: page.value.page })).data,
  ]
}

/** A context without params takes none. */
export function Never(): string | null | undefined {
  // @ts-expect-error -- there is no such param
  useContextBundle(GlobalContext, global, { page: 1 })
  return useContextBundle(GlobalContext, global).data.value?.user
}

/** Options may be an object, a ref or a getter; what is selected is what is shown. */
export function Options(): ComputedRef<number | undefined>[] {
  const options = ref({ keepPrevious: true })
  useContextBundle(NewsContext, news, { page: 1 }, options)
  useContextBundle(NewsContext, news, { page: 1 }, () => ({ enabled: false }))
  // @ts-expect-error -- a misspelt option
  useContextBundle(NewsContext, news, { page: 1 }, { enable: false })
  // @ts-expect-error -- no number
  useContextMember(NewsContext, news, 'total', { page: 1 }, { placeholder: 'many' })
  const list = useInfiniteContext(NewsContext, news, () => ({ page: 1 }), {
    next: ({ total }, pages) => (pages.length < total ? { page: pages.length + 1 } : undefined),
    enabled: () => options.value.keepPrevious,
  })
  // @ts-expect-error -- another type of param
  useInfiniteContext(NewsContext, news, { page: 1 }, { next: () => ({ page: 'two' }) })
  return [
    computed(() => list.pages.value[0]?.total),
    useContextMember(
      NewsContext,
      news,
      'headlines',
      { page: 1 },
      { select: (headlines) => headlines.length },
    ).data,
    useContextMember(
      NewsContext,
      news,
      'headlines',
      () => ({ page: 1 }),
      () => ({ select: (headlines: string[]) => headlines.length }),
    ).data,
  ]
}

/** A provider in a template takes params that it has, and what Vue takes of every component. */
export function Props(): InstanceType<typeof NewsContext>['$props'][] {
  const key: VNodeProps['key'] = 5
  return [
    { page: 1, key },
    { locale: 'de', key: 'de', onVnodeUnmounted: () => undefined },
    // @ts-expect-error -- there is no such param
    { pages: 1 },
  ]
}
