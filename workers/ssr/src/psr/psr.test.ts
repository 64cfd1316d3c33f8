import { join } from 'node:path'
import type { ProtocolRequest } from '@mizan/protocol'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  getPrincipal,
  getRequest,
  invalidate,
  type Logger,
  view,
} from '@mizan/server'
import { eventually, redis, temporaryFolder } from '@mizan/testing/resources'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createFilePageStore } from './file-page-store.ts'
import type { PageStore } from './page-store.ts'
import { psrPlugin, type PsrOptions, type PsrPlugin } from './psr-plugin.ts'
import { createRedisPageStore } from './redis-page-store.ts'

const Article = defineContext('article')
/** What the pages are made of; `undefined` is unpublished. */
const titles = new Map<number, string | undefined>()
let renders: (number | string)[] = []
let fault: string | undefined
let gate: Promise<void> | undefined
let lines: string[] = []

const articleTitle = client({ context: Article }, function articleTitle(id: number): string {
  return titles.get(id) ?? ''
})
const page = client(
  { context: Article, route: '/a/:id/' },
  async function page(id: number): Promise<Response> {
    renders.push(id)
    const title = titles.get(id)
    await gate
    if (fault !== undefined) throw new Error(fault)
    return title === undefined ? view('gone', { status: 404 }) : view(`<h1>${title}</h1>`)
  },
)
const mine = client({ context: Article, route: '/mine/:id/' }, function mine(id: number): Response {
  renders.push(id)
  return view(`for ${getPrincipal()?.id ?? 'nobody'}`)
})
const headers = client({ context: Article, route: '/headers/' }, function headers(): Response {
  renders.push('headers')
  return view(getRequest().header('user-agent') ?? 'nothing')
})
const rename = client({ affects: Article }, function rename(id: number, title: string): void {
  titles.set(id, title)
})
const unpublish = client({ affects: Article }, function unpublish(id: number): void {
  titles.delete(id)
  invalidate(Article, { id })
})
const renameAll = client({ affects: Article }, function renameAll(title: string): void {
  for (const id of titles.keys()) titles.set(id, title)
  invalidate(Article)
})

const logger: Logger = {
  info: (_facts, text) => void lines.push(text),
  warn: (_facts, text) => void lines.push(text),
  error: (_facts, text) => void lines.push(text),
}

function start(options: PsrOptions): { app: App; psr: PsrPlugin } {
  const psr = psrPlugin({ delay: 10, ...options })
  const functions = collect(articleTitle, page, mine, headers, rename, unpublish, renameAll)
  return { psr, app: createApp({ functions, plugins: [psr], logger }) }
}

async function get(app: App, path: string, extra: Partial<ProtocolRequest> = {}) {
  const { signal } = new AbortController()
  const response = await app.handle({
    method: 'GET',
    path,
    query: '',
    headers: {},
    body: null,
    signal,
    ...extra,
  })
  const { body } = response
  let text = typeof body === 'string' ? body : ''
  if (body !== null && typeof body === 'object' && Symbol.asyncIterator in body)
    for await (const chunk of body) text += Buffer.from(chunk).toString()
  return { status: response.status, text, headers: new Map(response.headers) }
}

const read = async (app: App, path: string): Promise<string> => (await get(app, path)).text
const call = (app: App, fn: (...args: never[]) => unknown, ...args: unknown[]): Promise<unknown> =>
  app.call(fn as (...args: unknown[]) => unknown, args)

const resources = new AsyncDisposableStack()
let folder: string
let client6: Redis
beforeAll(async () => {
  folder = resources.use(await temporaryFolder()).path
  const server = resources.use(await redis())
  client6 = new Redis(server.url)
  resources.defer(async () => {
    await client6.quit()
  })
})
afterAll(() => resources.disposeAsync())
beforeEach(() => {
  titles.clear()
  titles.set(1, 'One').set(2, 'Two')
  renders = []
  lines = []
  fault = undefined
  gate = undefined
})

let lastStore = 0
const stores: readonly (readonly [string, () => PageStore])[] = [
  ['a folder', () => createFilePageStore({ folder: join(folder, String(++lastStore)) })],
  [
    'a folder of one process',
    () => createFilePageStore({ folder: join(folder, String(++lastStore)), isShared: false }),
  ],
  ['Redis', () => createRedisPageStore({ client: client6, prefix: `{t${++lastStore}}:` })],
]

describe.each(stores)('pages in %s', (_name, makeStore) => {
  test('a first visit renders, every other is served', async () => {
    await using app = start({ store: makeStore() }).app
    expect(await read(app, '/a/1/')).toBe('<h1>One</h1>')
    const after = renders.length
    const again = await get(app, '/a/1')
    expect([again.text, renders.length]).toEqual(['<h1>One</h1>', after])
    expect(again.headers.get('x-mizan-cache')).toMatch(/^public; ttl=86[34]\d\d; tags=article/)
    expect(again.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const etag = again.headers.get('etag') ?? ''
    expect((await get(app, '/a/1/', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test('a mutation ends what it names before it is answered, and nothing else', async () => {
    await using app = start({ store: makeStore() }).app
    await read(app, '/a/1/')
    await read(app, '/a/2/')
    await call(app, rename, 1, 'Uno')
    expect(await read(app, '/a/1/')).toBe('<h1>Uno</h1>')
    renders = []
    expect(await read(app, '/a/2/')).toBe('<h1>Two</h1>')
    expect(renders).toEqual([])
  })

  test('a changed page is rendered before anybody asks, once for a burst', async () => {
    await using app = start({ store: makeStore(), delay: 1_000 }).app
    await read(app, '/a/1/')
    renders = []
    const burst = Array.from({ length: 10 }, (_, count) => call(app, rename, 1, `title ${count}`))
    await Promise.all(burst)
    await eventually(() => expect(renders.length).toBeGreaterThan(0))
    expect(await read(app, '/a/1/')).toBe('<h1>title 9</h1>')
    expect(renders.length).toBeLessThan(4)
  })

  test('what another process has changed or rendered is seen at once', async () => {
    const store = makeStore()
    await using first = start({ store }).app
    await using second = start({ store }).app
    await read(first, '/a/1/')
    renders = []
    expect(await read(second, '/a/1/')).toBe('<h1>One</h1>')
    expect(renders).toEqual([])
    await call(second, rename, 1, 'Uno')
    expect(await read(first, '/a/1/')).toBe('<h1>Uno</h1>')
  })

  test('many first visits, of two processes, cost the renders of one', async () => {
    const store = makeStore()
    await using first = start({ store }).app
    await using second = start({ store }).app
    let open = (): void => undefined
    gate = new Promise((resolve) => {
      open = resolve
    })
    const visits = Array.from({ length: 20 }, (_, index) =>
      read(index % 2 === 0 ? first : second, '/a/1/'),
    )
    await eventually(() => expect(renders).toHaveLength(1))
    open()
    expect(new Set(await Promise.all(visits))).toEqual(new Set(['<h1>One</h1>']))
    // One to learn what the page depends on, one to keep.
    expect(renders).toEqual([1, 1])
  })

  test('an unpublished page is gone, and comes back', async () => {
    await using app = start({ store: makeStore() }).app
    await read(app, '/a/1/')
    await call(app, unpublish, 1)
    expect((await get(app, '/a/1/')).status).toBe(404)
    await call(app, rename, 1, 'Back')
    expect(await read(app, '/a/1/')).toBe('<h1>Back</h1>')
  })
})

describe('one store', () => {
  const store = (): PageStore => createFilePageStore({ folder: join(folder, String(++lastStore)) })

  test('a change during a render is in what is kept', async () => {
    await using app = start({ store: store() }).app
    await read(app, '/a/1/')
    let open = (): void => undefined
    gate = new Promise((resolve) => {
      open = resolve
    })
    renders = []
    await call(app, rename, 1, 'early')
    await eventually(() => expect(renders).toHaveLength(1))
    await call(app, rename, 1, 'late')
    const asked = read(app, '/a/1/')
    open()
    expect(await asked).toBe('<h1>late</h1>')
    expect(await read(app, '/a/1/')).toBe('<h1>late</h1>')
  })

  test('a page that fails to render stays as it was, says so, and is rendered when it can be', async () => {
    await using app = start({ store: store() }).app
    await read(app, '/a/1/')
    fault = 'broken component'
    await call(app, rename, 1, 'Uno')
    const stale = await get(app, '/a/1/')
    expect([stale.status, stale.text]).toEqual([200, '<h1>One</h1>'])
    expect(stale.headers.get('x-mizan-page')).toBe('stale')
    expect(stale.headers.has('x-mizan-cache')).toBe(false)
    expect(lines).toContain('a page fails to render; the last good one stays')
    expect(JSON.stringify(await app.inspect())).toContain('/a/1/')
    fault = undefined
    await eventually(async () => expect(await read(app, '/a/1/')).toBe('<h1>Uno</h1>'))
    expect(lines).toContain('a page renders again')
  })

  test('a page that never rendered fails as it would without a store', async () => {
    await using app = start({ store: store() }).app
    fault = 'broken component'
    const answer = await get(app, '/a/1/')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('broken component')
  })

  test.each(['/mine/1/', '/headers/'])(
    'what touched the caller is kept for nobody: %s',
    async (path) => {
      const pages = store()
      await using app = start({ store: pages }).app
      for (let count = 0; count < 3; count += 1) {
        const answer = await get(app, path, { headers: { 'user-agent': `visit ${count}` } })
        if (path === '/headers/') expect(answer.text).toBe(`visit ${count}`)
      }
      expect(await pages.list(`pages/${app.artifact.digest}`)).toEqual([])
    },
  )

  test('a query, another method, another spelling and a page of another origin are not served from it', async () => {
    await using app = start({ store: store() }).app
    await read(app, '/a/1/')
    const before = renders.length
    await get(app, '/a/1/', { query: 'utm=1' })
    await get(app, '/a/%31/')
    await get(app, '/a/1/', { headers: { origin: 'https://elsewhere.example' } })
    await get(app, '/a/1/', { method: 'HEAD' })
    expect(renders.length).toBe(before + 4)
  })

  test('a store that is out of reach is none', async () => {
    const broken: PageStore = {
      read: () => Promise.reject(new Error('down')),
      write: () => Promise.reject(new Error('down')),
      remove: () => Promise.reject(new Error('down')),
      list: () => Promise.reject(new Error('down')),
    }
    await using app = start({ store: broken }).app
    expect(await read(app, '/a/1/')).toBe('<h1>One</h1>')
  })

  test('a page that somebody has mangled is rendered anew', async () => {
    const pages = store()
    await using app = start({ store: pages }).app
    await read(app, '/a/1/')
    const [name = ''] = await pages.list(`pages/${app.artifact.digest}`)
    for (const text of ['', '{', '{"html":5}', 'null', '[]']) {
      await pages.write(`pages/${app.artifact.digest}/${name}`, text)
      expect(await read(app, '/a/1/')).toBe('<h1>One</h1>')
    }
  })

  test('a deploy renders what paths() names, and says what it did not', async () => {
    const { app, psr } = start({
      store: store(),
      paths: async function* paths() {
        yield* ['/a/1/', '/a/2/', '/a/9/', '/mine/1/', '/elsewhere/']
      },
    })
    await using _app = app
    await expect(psr.renderAll()).rejects.toThrow('start the app first')
    await app.start()
    expect(await psr.renderAll()).toEqual({
      rendered: ['/a/1/', '/a/2/'],
      skipped: [
        { path: '/a/9/', reason: 'it answered 404' },
        { path: '/mine/1/', reason: 'it is not for everybody' },
        { path: '/elsewhere/', reason: 'no page of a context stands there' },
      ],
      failed: [],
    })
    renders = []
    expect(await read(app, '/a/2/')).toBe('<h1>Two</h1>')
    expect(renders).toEqual([])
  })

  test('a deploy that cannot render a page says so, and leaves the last good one where it is', async () => {
    const shared = store()
    const paths = (): string[] => ['/a/1/', '/a/2/']
    {
      const { app, psr } = start({ store: shared, paths })
      await using _app = app
      await app.start()
      expect((await psr.renderAll()).rendered).toEqual(paths())
    }
    const { app, psr } = start({ store: shared, paths })
    await using _app = app
    await app.start()
    fault = 'broken component'
    expect(await psr.renderAll()).toEqual({
      rendered: [],
      skipped: [],
      failed: paths().map((path) => ({ path, reason: 'it answered 500' })),
    })
    expect(await read(app, '/a/1/')).toBe('<h1>One</h1>')
  })

  test('reads and changes in any order: nothing older than the last answered change is served', async () => {
    await using app = start({ store: store(), delay: 0 }).app
    let answered = 0
    titles.set(1, '0')
    const writer = async (): Promise<void> => {
      for (let count = 1; count <= 40; count += 1) {
        await call(app, rename, 1, String(count))
        answered = count
      }
    }
    const reader = async (): Promise<void> => {
      for (let count = 0; count < 40; count += 1) {
        const least = answered
        const shown = Number(/<h1>(\d+)/.exec(await read(app, '/a/1/'))?.[1])
        expect(shown).toBeGreaterThanOrEqual(least)
      }
    }
    await Promise.all([writer(), reader(), reader()])
  })

  test('a change of everything ends everything', async () => {
    await using app = start({ store: store() }).app
    for (const id of [1, 2]) await read(app, `/a/${id}/`)
    await call(app, renameAll, 'All')
    for (const id of [1, 2]) expect(await read(app, `/a/${id}/`)).toBe('<h1>All</h1>')
  })
})
