import { expect, test } from 'vitest'
import { cache, cookieOf, enter, identity } from '../../test/people.ts'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  getPrincipal,
  invalidate,
  type Purger,
  readContext,
  view,
} from '../index.ts'

const Project = defineContext('project')
const Desk = defineContext('desk')
const Club = defineContext('club')
let runs = 0

const summary = client({ context: Project, cache: { ttl: 60 } }, function summary(id: number) {
  runs += 1
  currentScope()?.observeRead(`projects:id=${id}`)
  return `project ${id}`
})
const desk = client({ context: Desk }, function desk() {
  return `desk of ${getPrincipal()?.id}`
})
const club = client({ context: Club, auth: () => true }, function club() {
  return 'members only'
})
const rename = client({ affects: Project }, function rename(id: number): void {
  invalidate(Project, { id })
})
const pages = {
  projectPage: client(
    { context: Project, route: '/p/:id/' },
    async function projectPage(id: number): Promise<Response> {
      const { data, params, tags = [] } = await readContext(Project, { id })
      const text = `${String(data['summary'])} ${JSON.stringify(params)}`
      return view(text, { headers: { 'x-page-tags': tags.join(', ') } })
    },
  ),
  deskPage: client(
    { context: Project, route: '/desk/' },
    async function deskPage(): Promise<Response> {
      return view(String((await readContext(Desk)).data['desk']))
    },
  ),
  clubPage: client(
    { context: Project, route: '/club/' },
    async function clubPage(): Promise<Response> {
      return view(String((await readContext(Club)).data['club']))
    },
  ),
  streamPage: client({ context: Project, route: '/stream/' }, function streamPage(): Response {
    return new Response(new ReadableStream({ start: (controller) => controller.close() }))
  }),
  missingPage: client({ context: Project, route: '/missing/' }, function missingPage(): Response {
    return view('nothing here', { status: 404 })
  }),
}
const loose = client({ route: '/loose/', methods: ['GET'] }, function loose(): Response {
  return view('a page of no context')
})
const wrong = client(async function wrong(): Promise<void> {
  await readContext(Project, { id: 1 })
})

function app(purgers: readonly Purger[] = []): App {
  const functions = collect(
    enter,
    summary,
    desk,
    club,
    rename,
    ...Object.values(pages),
    loose,
    wrong,
  )
  return createApp({ functions, cache, identity, purgers, logger: silentLogger() })
}

test('a page of a context may be kept as long, and by whom, as what it has read', async () => {
  await using mizan = app()
  const answer = await send(mizan, '/p/5/')
  expect(answer.text).toBe('project 5 {"id":"5"}')
  const policy = answer.headers.get('x-mizan-cache') ?? ''
  expect(policy).toMatch(/^public; ttl=60; tags=project\+project%3Bid%3D5\+[0-9a-f]{32}; artifact=/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  // The first run has learnt what it depends on, the second was stored: the context and its page share one cache.
  await send(mizan, '/p/5/')
  const before = runs
  const { headers } = await send(mizan, '/api/mizan/ctx/project/?id=5')
  expect(runs).toBe(before)
  // Whoever takes the page over knows what it was read from, as if it had asked itself.
  expect(headers.get('x-mizan-tags')).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.headers.get('x-page-tags')).toBe(headers.get('x-mizan-tags'))
  const withoutTime = (text = '') => text.replace(/ttl=\d+/, '')
  expect(withoutTime(headers.get('x-mizan-cache'))).toBe(withoutTime(policy))
})

test('what was read for one person makes the page private, and what code decides about keeps it nowhere', async () => {
  await using mizan = app()
  const cookie = await cookieOf(mizan, 'ada')
  const answer = await send(mizan, '/desk/', { headers: { cookie } })
  expect([answer.text, answer.headers.get('x-mizan-cache')]).toEqual([
    'desk of ada',
    expect.stringMatching(/^private; /),
  ])
  expect((await send(mizan, '/club/')).status).toBe(401)
  const member = await send(mizan, '/club/', { headers: { cookie } })
  expect([member.status, member.headers.has('x-mizan-cache')]).toEqual([200, false])
  const data = await send(mizan, '/api/mizan/ctx/club/', { headers: { cookie } })
  expect([data.status, data.headers.has('x-mizan-cache')]).toEqual([200, false])
})

test.each(['/stream/', '/missing/', '/loose/'])(
  'a stream, another status and a page of no context are kept nowhere: %s',
  async (path) => {
    await using mizan = app()
    expect((await send(mizan, path)).headers.has('x-mizan-cache')).toBe(false)
  },
)

test('a mutation must not read what it is about to change', async () => {
  await using mizan = app()
  expect((await call(mizan, 'wrong', {})).status).toBe(500)
  await expect(readContext(Project)).rejects.toThrow('outside a request')
})

test('the answer of a mutation waits for a purger that is near, and for no other', async () => {
  const told: string[] = []
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const near: Purger = {
    name: 'near',
    isAwaited: true,
    purge: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      told.push('near')
    },
  }
  await using mizan = app([near, { name: 'far', purge: () => ended }])
  const answer = await call(mizan, 'rename', { id: 5 })
  expect([answer.status, told, answer.headers.has('x-mizan-purge')]).toEqual([200, ['near'], false])
  end()
})

test('a purger that is near and does not answer defers the purge', async () => {
  let isDown = true
  const near: Purger = {
    name: 'near',
    isAwaited: true,
    purge: async () => {
      if (isDown) throw new Error('down')
    },
  }
  await using mizan = app([near])
  const answer = await call(mizan, 'rename', { id: 5 })
  expect(answer.headers.get('x-mizan-purge')).toBe('deferred')
  isDown = false
})
