/** One application in three dialects: modules of six functions each, for Mizan, tRPC and oRPC, and a page that calls all. */

/** How many functions a module has. */
export const functionsPerModule = 6

/** Files by path. */
export type Files = Readonly<Record<string, string>>

const modules = (functions: number): number[] =>
  Array.from({ length: functions / functionsPerModule }, (_, index) => index)

/** What all three return: declared once, in the module that serves it. */
const types = (index: number): string => `
export type Status${index} = 'open' | 'done' | 'late'
export interface Owner${index} { id: number; name: string; email: string; labels: string[] }
/** One thing of module ${index}. */
export interface Item${index} {
  id: number
  title: string
  status: Status${index}
  owner: Owner${index}
  dueAt: Date | null
  parent?: { id: number; title: string }
  size: [width: number, height: number]
}
export interface Page${index}<T> { items: T[]; next: number | null }
const item: Item${index} = {
  id: ${index}, title: 'Read', status: 'open', dueAt: null, size: [1, 2],
  owner: { id: 1, name: 'Ada', email: 'ada@example.org', labels: [] },
}
`

/** A module of server functions as Mizan has them. */
export function mizanModule(index: number): string {
  return `import { client, defineContext } from '@mizan/server'
${types(index)}
export const Item${index}Context = defineContext('item_${index}')
export class Items${index} {
  /** One item. */
  @client({ context: Item${index}Context })
  async item${index}(itemId: number): Promise<Item${index}> { return { ...item, id: itemId } }
  @client({ context: Item${index}Context })
  async history${index}(itemId: number, limit = 10): Promise<Page${index}<Item${index}>> {
    return { items: [item].slice(0, limit), next: itemId }
  }
  @client({ affects: Item${index}Context })
  async rename${index}(itemId: number, title: string) { return { ...item, id: itemId, title } }
  @client({ affects: Item${index}Context })
  async save${index}(id: number, changes: { title?: string; status?: Status${index}; labels: string[] }): Promise<void> {}
}
export const search${index} = client((text: string, status?: Status${index}, page = 0): Page${index}<Item${index}> =>
  ({ items: [{ ...item, title: text, status: status ?? 'open' }], next: page }))
export const count${index} = client((ownerId: number) => ({ total: ownerId, byStatus: { open: 1, done: 2 }, items: [item] }))
`
}

/** Mizan's server. */
export function mizanServer(functions: number): Files {
  return Object.fromEntries(
    modules(functions).map((index) => [`src/items-${index}.ts`, mizanModule(index)]),
  )
}

/** A page on Mizan's generated calls. */
export function mizanPage(functions: number): string {
  const calls = modules(functions).map(
    (index) => `
export async function page${index}(): Promise<number> {
  let total = 0
  const m${index} = await fetchItem${index}Context({ itemId: 1 })
  total += m${index}.item${index}.size[0] + (m${index}.history${index}.next ?? 0)
  total += (await callRename${index}({ itemId: 1, title: 'x' })).title.length
  await callSave${index}({ id: 1, changes: { labels: [] } })
  total += (await callSearch${index}({ text: 'x', status: 'done' })).items.length
  total += (await callCount${index}({ ownerId: 1 })).byStatus.open
  return total
}`,
  )
  const names = modules(functions).flatMap((index) => [
    `fetchItem${index}Context`,
    `callRename${index}`,
    `callSave${index}`,
    `callSearch${index}`,
    `callCount${index}`,
  ])
  return `import { ${names.join(', ')} } from '../mizan/client.gen.ts'
${calls.join('\n')}
`
}

const inputs = (index: number): string => `
const byId = z.object({ itemId: z.number() })
const history = z.object({ itemId: z.number(), limit: z.number().default(10) })
const rename = z.object({ itemId: z.number(), title: z.string() })
const save = z.object({ id: z.number(), changes: z.object({
  title: z.string().optional(), status: z.enum(['open', 'done', 'late']).optional(), labels: z.array(z.string()) }) })
const search = z.object({ text: z.string(), status: z.enum(['open', 'done', 'late']).optional(), page: z.number().default(0) })
const count = z.object({ ownerId: z.number() })
const pageOf = (next: number): Page${index}<Item${index}> => ({ items: [item], next })`

/** The same application in tRPC. */
export function trpcApplication(functions: number): Files {
  const all = modules(functions)
  const routers = all.map((index) => [
    `src/items-${index}.ts`,
    `import { z } from 'zod'
import { procedure, router } from './trpc.ts'
${types(index)}${inputs(index)}
export const items${index} = router({
  item${index}: procedure.input(byId).query(async ({ input }): Promise<Item${index}> => ({ ...item, id: input.itemId })),
  history${index}: procedure.input(history).query(async ({ input }) => pageOf(input.limit)),
  rename${index}: procedure.input(rename).mutation(async ({ input }) => ({ ...item, id: input.itemId, title: input.title })),
  save${index}: procedure.input(save).mutation(async () => {}),
  search${index}: procedure.input(search).query(({ input }) => pageOf(input.page)),
  count${index}: procedure.input(count).query(({ input }) => ({ total: input.ownerId, byStatus: { open: 1, done: 2 }, items: [item] })),
})
`,
  ])
  const calls = all.map(
    (index) => `
export async function page${index}(): Promise<number> {
  let total = 0
  const m${index} = client.items${index}
  total += (await m${index}.item${index}.query({ itemId: 1 })).size[0]! + ((await m${index}.history${index}.query({ itemId: 1 })).next ?? 0)
  total += (await m${index}.rename${index}.mutate({ itemId: 1, title: 'x' })).title.length
  await m${index}.save${index}.mutate({ id: 1, changes: { labels: [] } })
  total += (await m${index}.search${index}.query({ text: 'x', status: 'done' })).items.length
  total += (await m${index}.count${index}.query({ ownerId: 1 })).byStatus.open
  return total
}`,
  )
  return {
    ...Object.fromEntries(routers),
    'src/trpc.ts': `import { initTRPC } from '@trpc/server'
const t = initTRPC.create()
export const router = t.router
export const procedure = t.procedure
`,
    'src/app.ts': `import { router } from './trpc.ts'
${all.map((index) => `import { items${index} } from './items-${index}.ts'`).join('\n')}
export const app = router({ ${all.map((index) => `items${index}`).join(', ')} })
export type App = typeof app
`,
    'src/page.ts': `import { createTRPCClient, httpBatchLink } from '@trpc/client'
import type { App } from './app.ts'
const client = createTRPCClient<App>({ links: [httpBatchLink({ url: '/trpc' })] })
${calls.join('\n')}
`,
  }
}

/** The same application in oRPC. */
export function orpcApplication(functions: number): Files {
  const all = modules(functions)
  const routers = all.map((index) => [
    `src/items-${index}.ts`,
    `import { os } from '@orpc/server'
import { z } from 'zod'
${types(index)}${inputs(index)}
export const items${index} = {
  item${index}: os.input(byId).handler(async ({ input }): Promise<Item${index}> => ({ ...item, id: input.itemId })),
  history${index}: os.input(history).handler(async ({ input }) => pageOf(input.limit)),
  rename${index}: os.input(rename).handler(async ({ input }) => ({ ...item, id: input.itemId, title: input.title })),
  save${index}: os.input(save).handler(async () => {}),
  search${index}: os.input(search).handler(({ input }) => pageOf(input.page)),
  count${index}: os.input(count).handler(({ input }) => ({ total: input.ownerId, byStatus: { open: 1, done: 2 }, items: [item] })),
}
`,
  ])
  const calls = all.map(
    (index) => `
export async function page${index}(): Promise<number> {
  let total = 0
  const m${index} = client.items${index}
  total += (await m${index}.item${index}({ itemId: 1 })).size[0] + ((await m${index}.history${index}({ itemId: 1 })).next ?? 0)
  total += (await m${index}.rename${index}({ itemId: 1, title: 'x' })).title.length
  await m${index}.save${index}({ id: 1, changes: { labels: [] } })
  total += (await m${index}.search${index}({ text: 'x', status: 'done' })).items.length
  total += (await m${index}.count${index}({ ownerId: 1 })).byStatus.open
  return total
}`,
  )
  return {
    ...Object.fromEntries(routers),
    'src/app.ts': `${all.map((index) => `import { items${index} } from './items-${index}.ts'`).join('\n')}
export const app = { ${all.map((index) => `items${index}`).join(', ')} }
`,
    'src/page.ts': `import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { RouterClient } from '@orpc/server'
import type { app } from './app.ts'
const client: RouterClient<typeof app> = createORPCClient(new RPCLink({ url: 'http://localhost/rpc' }))
${calls.join('\n')}
`,
  }
}
