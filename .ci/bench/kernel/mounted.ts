/** The same instances, mounted in a Mizan kernel and in TanStack Query. */

import { type ContextDescriptor, createKernel } from '@mizan/base'
import { QueryClient, QueryObserver } from '@tanstack/react-query'

interface Item {
  readonly id: number
  readonly title: string
  readonly labels: readonly string[]
}

const itemContext: ContextDescriptor<{ itemId: number }, { item: Item }> = {
  name: 'item',
  artifact: '0123456789abcdef',
  params: { itemId: { wire: 'item_id', required: true, kind: 'number' } },
  members: { item: { wire: 'item' } },
}

let version = 0

/** What a server would answer, without the network, which is the same for both. */
const answer: typeof fetch = async (input) => {
  const id = Number(String(input).split('=')[1])
  const item: Item = { id, title: `Item ${id}, version ${version}`, labels: ['new', 'ui'] }
  return new Response(JSON.stringify({ item }))
}

/** Something with mounted instances. */
export interface Mounted {
  /** Makes one instance stale, and settles when its listener has seen what is new. */
  change(id: number): Promise<void>
  /** How often listeners were called. */
  readonly calls: () => number
}

/** In a kernel. */
export async function mountKernel(count: number): Promise<Mounted> {
  const kernel = createKernel({ fetch: answer })
  const waiting = new Map<number, () => void>()
  let calls = 0
  const settled = (itemId: number): Promise<void> =>
    new Promise((resolve) => waiting.set(itemId, resolve))
  await inTurns(count, async (itemId) => {
    kernel.subscribe(itemContext, { itemId }, () => {
      calls++
      const { data, isStale } = kernel.read(itemContext, { itemId })
      if (data && !isStale) waiting.get(itemId)?.()
    })
    await settled(itemId)
  })
  return {
    calls: () => calls,
    async change(itemId) {
      version++
      const seen = settled(itemId)
      kernel.invalidate([{ context: 'item', params: { item_id: itemId } }])
      await seen
    },
  }
}

/** In a query client, each by an observer. */
export async function mountQueries(count: number): Promise<Mounted> {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.mount()
  const waiting = new Map<number, () => void>()
  let calls = 0
  const settled = (itemId: number): Promise<void> =>
    new Promise((resolve) => waiting.set(itemId, resolve))
  const observers: unknown[] = []
  await inTurns(count, async (itemId) => {
    const observer = new QueryObserver(client, {
      queryKey: ['item', { itemId }],
      queryFn: async ({ signal }) => (await answer(`?item_id=${itemId}`, { signal })).json(),
    })
    observers.push(observer)
    observer.subscribe(({ data, isFetching }) => {
      calls++
      if (data !== undefined && !isFetching) waiting.get(itemId)?.()
    })
    await settled(itemId)
  })
  return {
    calls: () => calls,
    async change(itemId) {
      version++
      const seen = settled(itemId)
      void client.invalidateQueries({ queryKey: ['item', { itemId }], exact: true })
      await seen
    },
  }
}

/** A thousand at a time. */
async function inTurns(count: number, run: (id: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const length = Math.min(1000, count - from)
    await Promise.all(Array.from({ length }, (_, index) => run(from + index)))
  }
}
