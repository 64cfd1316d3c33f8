import { expect, test } from 'vitest'
import { pino } from 'pino'
import {
  client,
  collect,
  createApp,
  defineContext,
  definePlugin,
  getContribution,
  type Plugin,
} from './index.ts'
import { call, send, silentLogger } from '../test/send.ts'

declare module './contributions.ts' {
  interface Contributions {
    country: string
    language: Promise<string>
  }
}

const PlaceContext = defineContext('place')
let asked = 0
const place = definePlugin({
  name: 'place',
  contribute: {
    country: (request) => {
      asked += 1
      return request.header('x-country') ?? 'nowhere'
    },
    language: async (request) => request.header('accept-language') ?? 'en',
  },
})
const functions = collect(
  client(function where(): string {
    return getContribution('country') + getContribution('country')
  }),
  client(async function speaks(): Promise<string> {
    return getContribution('language')
  }),
  client({ context: PlaceContext }, function country(): string {
    return getContribution('country')
  }),
)
const options = { functions, logger: silentLogger() }

test('what a plugin contributes is worked out once a request, when somebody asks', async () => {
  await using app = createApp({ ...options, plugins: [place] })
  asked = 0
  expect((await call(app, 'speaks', {}, { 'accept-language': 'nl' })).json).toEqual({
    result: 'nl',
  })
  expect(asked).toBe(0)
  expect((await call(app, 'where', {}, { 'x-country': 'nl' })).json).toEqual({ result: 'nlnl' })
  expect((await call(app, 'where', {}, { 'x-country': 'be' })).json).toEqual({ result: 'bebe' })
  expect(asked).toBe(2)
})

test('an answer with a contribution is kept for nobody', async () => {
  const cache = { secret: 'a-cache-secret-for-tests-of-32-bytes!!' }
  await using app = createApp({ ...options, plugins: [place], cache })
  const answer = await send(app, '/api/mizan/ctx/place/', { headers: { 'x-country': 'nl' } })
  expect(answer.json).toEqual({ country: 'nl' })
  expect(answer.headers.get('x-mizan-cache')).toBeUndefined()
  const other = await send(app, '/api/mizan/ctx/place/', { headers: { 'x-country': 'be' } })
  expect(other.json).toEqual({ country: 'be' })
})

test('one name is contributed once, and only by somebody', async () => {
  await using without = createApp(options)
  expect((await call(without, 'where')).status).toBe(500)
  expect(() => createApp({ ...options, plugins: [place, { ...place, name: 'other' }] })).toThrow(
    /"other" contributes "country"/,
  )
})

const page = (path: string, method?: 'POST'): Plugin => ({
  name: `page of ${path}${method ?? ''}`,
  routes: [
    {
      path,
      ...(method === undefined ? {} : { method }),
      handle: async (request) => new Response(`${request.path} ${await request.text()}`),
    },
  ],
})

test('a plugin answers its own paths', async () => {
  await using app = createApp({
    ...options,
    plugins: [page('/metrics'), page('/hook', 'POST'), page('/admin/*')],
  })
  expect(app.owns('GET', '/metrics')).toBe(true)
  expect(app.owns('POST', '/metrics')).toBe(false)
  expect((await send(app, '/metrics')).text).toBe('/metrics ')
  expect((await send(app, '/hook', { raw: 'body' })).text).toBe('/hook body')
  expect((await send(app, '/admin/users/5')).text).toBe('/admin/users/5 ')
  expect(app.owns('GET', '/admin')).toBe(false)
})

test('a route that fails leaks nothing, and paths of others are refused', async () => {
  await using app = createApp({
    ...options,
    plugins: [
      {
        name: 'broken',
        routes: [
          {
            path: '/broken',
            handle: () => {
              throw new Error('hunter2')
            },
          },
        ],
      },
    ],
  })
  const answer = await send(app, '/broken')
  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain('hunter2')
  expect(() => createApp({ ...options, plugins: [page('/api/mizan/mine')] })).toThrow(
    /stands under/,
  )
  expect(() => createApp({ ...options, plugins: [page('metrics')] })).toThrow(/no path/)
  expect(() =>
    createApp({ ...options, plugins: [page('/x'), { ...page('/x'), name: 'other' }] }),
  ).toThrow(/answered by another/)
})

test('a pino logger is told with facts, and errors keep their stack', async () => {
  const lines: { level: number; msg: string; error?: { message?: string; stack?: string } }[] = []
  const logger = pino(
    { serializers: { error: pino.stdSerializers.err } },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  )
  const fails = client(function fails(): void {
    throw new Error('hunter2')
  })
  await using app = createApp({ functions: collect(fails), logger })
  const { json } = await call(app, 'fails')
  expect(lines).toMatchObject([
    {
      level: 50,
      msg: 'a request failed',
      error: { message: 'hunter2', stack: expect.any(String) },
    },
  ])
  expect(lines[0]).toMatchObject({ id: (json as { error: { id: string } }).error.id })
})
