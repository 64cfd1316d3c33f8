/** A real Mizan server behind the real edge, in one test file. */

import { once } from 'node:events'
import { mizan, upgrade } from '@mizan/node'
import { toManifest } from '@mizan/protocol'
import {
  type App,
  client,
  collect,
  createApp,
  createEdgePurger,
  defineContext,
  getPrincipal,
  type IdentityOptions,
  obtainMwt,
  signIn,
} from '@mizan/server'
import { eventually, shortest } from '@mizan/testing/resources'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHarness, type Harness, mwtSecret, pushSecret } from '../test/harness.ts'

const ArticleContext = defineContext('article')
const DeskContext = defineContext('desk')
const StaffContext = defineContext('staff')
const titles = new Map<unknown, string>()

class Articles {
  @client({ context: ArticleContext, cache: { ttl: 60 } })
  articleTitle(articleId: number): string {
    return titles.get(articleId) ?? 'untitled'
  }

  @client({ affects: ArticleContext, websocket: true })
  renameArticle(articleId: number, title: string): void {
    titles.set(articleId, title)
  }

  @client({ affects: ArticleContext })
  forgetTitles(): void {
    titles.clear()
  }

  @client({ context: DeskContext })
  desk(): string {
    return `canary of ${getPrincipal()?.id ?? 'nobody'}`
  }

  @client({ context: StaffContext, auth: (principal) => principal.id === 'ada' && !isClosed })
  staffRoom(): string {
    return `for ${getPrincipal()?.id}`
  }
}
const enter = client((id: string) => signIn(id))
Object.defineProperty(enter, 'name', { value: 'enter' })
const mwtObtain = client({ name: 'mwt_obtain' }, obtainMwt())
let isClosed = false

const identity: IdentityOptions = {
  secret: 'a-secret-for-tests-of-32-bytes-or-more',
  cookie: { secure: false },
  resolve: async (id) => ({ id, staff: false, superuser: false }),
  mwt: { keys: [{ kid: 'shared', secret: mwtSecret }] },
}
const resources = new AsyncDisposableStack()
let harness: Harness
let first: App
let second: App

beforeAll(async () => {
  const functions = collect(Articles, enter, mwtObtain)
  harness = resources.use(
    await createHarness(toManifest(createApp({ functions, identity }).artifact), 500),
  )
  const edge = createEdgePurger({ url: `${harness.url}/api/mizan`, secret: pushSecret })
  const cache = { secret: 'a-cache-secret-for-tests-of-32-bytes!!' }
  // Two origin processes, which share what an application has in its database.
  first = resources.use(createApp({ functions, identity, cache, purgers: [edge] }))
  second = resources.use(createApp({ functions, identity, purgers: [edge] }))
  await Promise.all([first.start(), second.start()])
  harness.answer(mizan(first))
  upgrade(harness.originServer, first)
})
afterAll(() => resources.disposeAsync())

async function read(id: number, headers: Record<string, string> = {}): Promise<string> {
  const url = `${harness.url}/api/mizan/ctx/article/?article_id=${id}`
  const response = await fetch(url, { headers })
  // cast: the context has this one member
  const { article_title: title } = (await response.json()) as { article_title: string }
  return `${response.headers.get('x-mizan-edge')} ${title}`
}

async function call(fn: string, args: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${harness.url}/api/mizan/call/`, {
    method: 'POST',
    body: JSON.stringify({ fn, args }),
    headers: { 'content-type': 'application/json', ...headers },
  })
  expect(response.status).toBe(200)
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  // cast: what a call answers
  return { cookie, result: ((await response.json()) as { result: { token: string } }).result }
}

async function tokenOf(id: string): Promise<string> {
  const { cookie } = await call('enter', { id })
  return (await call('mwt_obtain', {}, { cookie })).result.token
}

test('a Mizan server and the edge agree on policies, tags and targets', async () => {
  expect([await read(1), await read(2)]).toEqual(['miss untitled', 'miss untitled'])
  expect([await read(1), await read(2)]).toEqual(['hit untitled', 'hit untitled'])
  const { cookie } = await call('rename_article', { article_id: 1, title: 'One' })
  expect([await read(1, { cookie }), await read(2, { cookie })]).toEqual([
    'miss One',
    'hit untitled',
  ])
  await call('forget_titles', {})
  expect([await read(1), await read(2)]).toEqual(['miss untitled', 'miss untitled'])
})

test.each<[string, (title: string) => Promise<unknown>]>([
  ['over the socket', (title) => renameOverSocket(3, title)],
  ['by a job', (title) => first.call(Articles.prototype.renameArticle, [3, title])],
  ['by another process', (title) => second.call(Articles.prototype.renameArticle, [3, title])],
])('what is changed %s is read by everybody within a second', async (how, change) => {
  const untilRead = async (attempt: number): Promise<number> => {
    await eventually(async () => expect(await read(3)).toMatch(/^hit/))
    // Another process has a cache of its own that nobody has told: the origin's, not the edge's business.
    if (how === 'by another process') harness.answer(mizan(second))
    const title = `changed ${how}, ${attempt}`
    await change(title)
    const answered = performance.now()
    await eventually(async () => expect(await read(3)).toContain(title))
    return performance.now() - answered
  }
  expect(await shortest(untilRead, { under: 1_000 })).toBeLessThan(1_000)
  harness.answer(mizan(first))
})

async function renameOverSocket(id: number, title: string): Promise<void> {
  const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/api/mizan/live/`)
  await once(socket, 'open')
  const args = { article_id: id, title }
  const answered = once(socket, 'message')
  socket.send(JSON.stringify({ id: 1, call: { fn: 'rename_article', args } }))
  const [{ data }] = (await answered) as [MessageEvent]
  expect(JSON.parse(String(data))).toMatchObject({ id: 1, result: null })
  socket.close()
}

async function readPrivate(
  context: string,
  token: string,
): Promise<[string | null, number, string]> {
  const response = await fetch(`${harness.url}/api/mizan/ctx/${context}/`, {
    headers: { 'x-mizan-token': token },
  })
  return [response.headers.get('x-mizan-edge'), response.status, await response.text()]
}

test('what belongs to one is kept for that one, by the token that the server has issued', async () => {
  const [ada, bob] = [await tokenOf('ada'), await tokenOf('bob')]
  for (const outcome of ['miss', 'hit']) {
    expect(await readPrivate('desk', ada)).toEqual([outcome, 200, '{"desk":"canary of ada"}'])
    expect(await readPrivate('desk', bob)).toEqual([outcome, 200, '{"desk":"canary of bob"}'])
  }
  const anonymous = await fetch(`${harness.url}/api/mizan/ctx/desk/`)
  expect(await anonymous.text()).toBe('{"desk":"canary of nobody"}')
  const forged = await readPrivate('desk', `${ada.slice(0, -4)}AAAA`)
  expect(forged.slice(0, 2)).toEqual(['pass', 401])
})

test('where the application decides itself who may read, it is asked each time', async () => {
  const ada = await tokenOf('ada')
  for (let count = 0; count < 3; count += 1)
    expect((await readPrivate('staff', ada)).slice(0, 2)).toEqual(['miss', 200])
  isClosed = true
  expect((await readPrivate('staff', ada))[1]).toBe(403)
})
