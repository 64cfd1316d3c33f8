/** What functions of contexts promise of params and data. */

import type { ContextDescriptor } from '@mizan/base'

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
declare const provideNews: ContextProvider<NewsParams>
declare const global: ContextDescriptor<Record<string, never>, { user: string | null }>
declare const provideGlobal: ContextProvider<Record<string, never>>

/** Params are a function, so that they are followed; all of them may come from a provider. */
export function Params(): (string[] | undefined)[] {
  provideNews(() => ({ page: 1 }))
  provideNews(() => ({}))
  // @ts-expect-error -- an object would be read once
  useContextMember(provideNews, news, 'headlines', { page: 1 })
  // @ts-expect-error -- another type
  useContextMember(provideNews, news, 'headlines', () => ({ page: 'one' }))
  // @ts-expect-error -- there is no such member
  useContextMember(provideNews, news, 'headline')
  // @ts-expect-error -- another type
  provideNews(() => ({ page: 'one' }))
  return [
    useContextMember(provideNews, news, 'headlines').data,
    useContextMember(provideNews, news, 'headlines', () => ({ page: 2, locale: 'de' })).data,
    useContextMember(provideNews, news, 'headlines', () => undefined).data,
  ]
}

/** A context without params takes none. */
export function Never(): string | null | undefined {
  // @ts-expect-error -- there is no such param
  useContextBundle(provideGlobal, global, () => ({ page: 1 }))
  return useContextBundle(provideGlobal, global).data?.user
}

/** Options are a function too; what is selected is what is shown. */
export function Options(): (number | undefined)[] {
  useContextBundle(provideNews, news, undefined, () => ({ enabled: false }))
  // @ts-expect-error -- an object would be read once
  useContextBundle(provideNews, news, undefined, { enabled: false })
  // @ts-expect-error -- no number
  useContextMember(provideNews, news, 'total', undefined, () => ({ placeholder: 'many' }))
  const list = useInfiniteContext(provideNews, news, () => ({ page: 1 }), {
    next: ({ total }, pages) => (pages.length < total ? { page: pages.length + 1 } : undefined),
  })
  // @ts-expect-error -- another type of param
  useInfiniteContext(provideNews, news, undefined, { next: () => ({ page: 'two' }) })
  return [
    list.pages[0]?.total,
    useContextMember(provideNews, news, 'headlines', undefined, () => ({
      select: (headlines: string[]) => headlines.length,
    })).data,
  ]
}
