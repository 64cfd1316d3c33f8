import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  getPrincipal,
  signIn,
  signOut,
} from '@mizan/server'
import { createCaller } from '@mizan/testing'
import { expect, it } from 'vitest'

import { watch } from '../../../test/until.ts'
import type { CallDescriptor, ContextDescriptor } from '../../descriptors.ts'
import { createKernel, type Kernel } from '../../kernel.ts'
import type { KernelLayer } from '../../transport.ts'
import { persist, type PersistLayer, type PersistOptions } from './persist.ts'
import { type ItemStorage, stateInWebStorage } from './state-storage.ts'

const artifact = '0123456789abcdef'
const news: ContextDescriptor<Record<string, never>, { headline: string }> = {
  name: 'news',
  artifact,
  params: {},
  members: { headline: { wire: 'headline' } },
}
const desk: ContextDescriptor<Record<string, never>, { drawer: string }> = {
  name: 'desk',
  artifact,
  params: {},
  members: { drawer: { wire: 'drawer' } },
}
const enter: CallDescriptor<{ id: string }, void> = {
  name: 'enter',
  artifact,
  args: { id: { wire: 'id' } },
}
const leave: CallDescriptor<Record<string, never>, void> = { name: 'leave', artifact, args: {} }

const day = 86_400_000

/** A browser that visits one page again and again. */
interface Browser extends AsyncDisposable {
  readonly app: { headline: string }
  readonly log: string[]
  /** What is kept. */
  readonly items: Map<string, string>
  clock: number
  visit(options?: Partial<PersistOptions>): { readonly kernel: Kernel; readonly kept: PersistLayer }
}

/** News is for everybody, a desk for whoever is signed in. */
async function browse(): Promise<Browser> {
  const state = { headline: 'First' }
  const News = defineContext('news')
  const Desk = defineContext('desk')
  const nothing = (): void => undefined
  const app: App = createApp({
    functions: collect(
      client({ context: News, cache: 60 }, function headline() {
        return state.headline
      }),
      client({ context: Desk }, function drawer() {
        return `of ${getPrincipal()?.id ?? 'nobody'}`
      }),
      client(function enter(id: string) {
        return signIn(id)
      }),
      client(function leave() {
        return signOut()
      }),
    ),
    logger: { info: nothing, warn: nothing, error: nothing },
    cache: { secret: 'a cache secret that only the tests know' },
    identity: {
      secret: 'a session secret that only the tests know',
      resolve: async (id) => ({ id, staff: false, superuser: false }),
      cookie: { secure: false },
    },
  })
  await app.start()
  const { fetch } = createCaller(app)
  const items = new Map<string, string>()
  const storage: ItemStorage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, text) => void items.set(key, text),
    removeItem: (key) => void items.delete(key),
  }
  const log: string[] = []
  const note: KernelLayer = async (request, next) => {
    const answer = await next(request)
    log.push(`${request.name} ${answer.status}`)
    return answer
  }
  const made: Browser = {
    app: state,
    log,
    items,
    clock: 1_000_000,
    visit(options = {}) {
      const clock = (): number => made.clock
      const kept = persist({
        storage: stateInWebStorage(storage),
        contexts: [news, desk],
        clock,
        window: undefined,
        ...options,
      })
      return { kernel: createKernel({ fetch, clock }, kept, note), kept }
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
  return made
}

it('what was shown last time is shown at once, and asked for: unchanged, it is not sent again', async () => {
  await using browser = await browse()
  const last = browser.visit()
  await last.kernel.load(news, {})
  await last.kept.flush()
  browser.log.length = 0
  browser.clock += 1000

  const { kernel } = browser.visit()
  expect(kernel.read(news, {}).data).toEqual({ headline: 'First' })
  expect(browser.log).toEqual([])
  using shown = watch(kernel, news, {})
  expect(shown.states[0]?.data).toEqual({ headline: 'First' })
  expect((await shown.settled()).fetchedAt).toBe(browser.clock)
  expect(browser.log).toEqual(['news 304'])
})

it('who loads it gets what is new, never what is kept', async () => {
  await using browser = await browse()
  const last = browser.visit()
  await last.kernel.load(news, {})
  await last.kept.flush()
  await using other = await browse()
  other.app.headline = 'Second'
  for (const [key, text] of browser.items) other.items.set(key, text)
  const { kernel } = other.visit()
  expect(await kernel.load(news, {})).toEqual({ headline: 'Second' })
})

it('what is not public is kept only when asked for, and only for whoever saw it', async () => {
  await using browser = await browse()
  const first = browser.visit()
  await first.kernel.call(enter, { id: 'ada' })
  await first.kernel.load(desk, {})
  await first.kept.flush()
  expect([...browser.items.values()].join('')).not.toContain('of ada')

  const ada = browser.visit({ owner: () => 'ada' })
  await ada.kernel.load(news, {})
  await ada.kernel.load(desk, {})
  await ada.kept.flush()
  const again = browser.visit({ owner: () => 'ada' })
  await again.kept.ready()
  expect(again.kernel.read(desk, {}).data).toEqual({ drawer: 'of ada' })
  const bela = browser.visit({ owner: () => 'bela' })
  await bela.kept.ready()
  expect(bela.kernel.read(desk, {}).data).toBeUndefined()
  expect(bela.kernel.read(news, {}).data).toEqual({ headline: 'First' })
  await bela.kept.flush()
  expect([...browser.items.values()].join('')).not.toContain('of ada')
})

it('when somebody signs in or out all of it is gone, also what was about to be kept', async () => {
  await using browser = await browse()
  const { kernel, kept } = browser.visit({ owner: () => 'ada' })
  await kernel.call(enter, { id: 'ada' })
  await Promise.all([kernel.load(news, {}), kernel.load(desk, {})])
  await kept.flush()
  expect(browser.items.size).toBe(1)
  const late = kept.flush()
  await kernel.call(leave, {})
  await late
  await kept.flush()
  const texts = [...browser.items.values()].join('')
  expect(texts).not.toContain('of ada')
  expect(texts).not.toContain('First')
})

it('what a kernel holds of somebody is not kept as of whoever signed in elsewhere meanwhile', async () => {
  await using browser = await browse()
  let user = 'ada'
  const { kernel, kept } = browser.visit({ owner: () => user })
  await kernel.call(enter, { id: 'ada' })
  await kernel.load(desk, {})
  user = 'bela'
  await kept.flush()
  await kept.flush()
  expect([...browser.items.values()].join('')).not.toContain('of ada')
  expect(kernel.read(desk, {}).data).toBeUndefined()
})

it('what is too old, from the future, of another artifact or of no listed context does not come back', async () => {
  await using browser = await browse()
  const last = browser.visit()
  await last.kernel.load(news, {})
  await last.kept.flush()
  const isBack = (options?: Partial<PersistOptions>): boolean =>
    browser.visit(options).kernel.read(news, {}).data !== undefined
  expect(isBack()).toBe(true)
  const text = browser.items.get('mizan:state') ?? ''
  browser.clock += day + 1
  expect(isBack()).toBe(false)
  browser.clock -= day + 2
  browser.items.set('mizan:state', text)
  expect(isBack()).toBe(false)
  browser.clock += 1
  browser.items.set('mizan:state', text)
  expect(isBack({ contexts: [desk] })).toBe(false)
  browser.items.set('mizan:state', text)
  expect(isBack({ contexts: [{ name: 'news', artifact: 'another' }] })).toBe(false)
})

it.each([
  '',
  '{',
  'null',
  '[]',
  '{"version":2,"owner":null,"entries":[]}',
  '{"version":1,"owner":null,"entries":[null,1,{"key":1}]}',
])('a text that is none of ours is nothing: %s', async (text) => {
  await using browser = await browse()
  browser.items.set('mizan:state', text)
  const { kernel, kept } = browser.visit()
  await kept.ready()
  expect(kernel.read(news, {}).status).toBe('idle')
  expect(await kernel.load(news, {})).toEqual({ headline: 'First' })
})

it('a storage that fails is done without', async () => {
  await using browser = await browse()
  const fail = (): never => {
    throw new DOMException('no room', 'QuotaExceededError')
  }
  const { kernel, kept } = browser.visit({ storage: { read: fail, write: fail, remove: fail } })
  expect(await kernel.load(news, {})).toEqual({ headline: 'First' })
  await kept.flush()
  kernel.clear()
  await kept.flush()
})

it('the newest are kept when there is not room for all', async () => {
  await using browser = await browse()
  const { kernel, kept } = browser.visit({ owner: () => 'ada', maxLength: 200 })
  await kernel.call(enter, { id: 'ada' })
  await kernel.load(desk, {})
  browser.clock += 1
  await kernel.load(news, {})
  await kept.flush()
  const text = browser.items.get('mizan:state') ?? ''
  expect([text.includes('First'), text.includes('of ada')]).toEqual([true, false])
})
