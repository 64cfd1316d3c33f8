import { expect, test } from 'vitest'
import { cookieOf, enter, identity } from '../../test/people.ts'
import { type Received, send, silentLogger } from '../../test/send.ts'
import { functionsOf } from '../../test/typed.ts'
import {
  type App,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  type Functions,
  getPrincipal,
  invalidate,
  signIn,
} from '../index.ts'

const ItemContext = defineContext('item')
const OtherContext = defineContext('other')
const SecretContext = defineContext('secret')
const names = new Map<number, string>()
let reads = 0

const item = client({ name: 'item', context: ItemContext }, (id: number) => {
  reads += 1
  if (id === 13) throw new Error('unlucky')
  return { id, name: names.get(id) ?? 'new', by: getPrincipal()?.id ?? null }
})
const notes = client({ name: 'notes', context: ItemContext }, (id: number, limit: number) => [
  `${id}/${limit ?? 'all'}`,
])
const other = client({ name: 'other', context: OtherContext }, () => {
  currentScope()?.observeRead('rows')
  return 'other'
})
const secret = client({ name: 'secret', context: SecretContext, auth: true }, () => 'secret')
const rename = client(
  { name: 'rename', affects: [ItemContext, SecretContext] },
  (id: number, name: string) => {
    names.set(id, name)
  },
)
const replace = client({ name: 'replace', merge: ItemContext }, (id: number, name: string) => {
  names.set(id, name)
  if (name === 'all') invalidate(ItemContext)
  return { id, name, by: null }
})
const replaceAll = client({ name: 'replace_all', merge: ItemContext }, (name: string) => ({
  id: 0,
  name,
  by: null,
}))
const become = client({ name: 'become', affects: ItemContext }, (who: string) => signIn(who))
const write = client({ name: 'write' }, () => {
  currentScope()?.observeWrite('rows')
})

const integer = { type: 'integer' } as const
const shape = {
  type: 'object',
  properties: { id: integer, name: { type: 'string' }, by: {} },
  required: ['id', 'name'],
} as const

function typed(): Functions {
  const functions = functionsOf(
    collect(item, notes, other, secret, rename, replace, replaceAll, become, write, enter),
    {
      item: { id: integer },
      notes: { id: integer, limit: { anyOf: [integer] } },
      rename: { id: integer, name: { type: 'string' } },
      replace: { id: integer, name: { type: 'string' } },
    },
  )
  const { artifact } = functions
  const results = { item: { anyOf: [shape, { type: 'null' }] }, replace: shape, replace_all: shape }
  const given = Object.entries(artifact.functions).map(([name, fn]) => [
    name,
    { ...fn, result: results[name as keyof typeof results] ?? { type: 'string' } },
  ])
  const params = [
    { name: 'id', key: 'id', schema: integer, required: true },
    { name: 'limit', key: 'limit', schema: integer, required: false },
  ]
  return {
    ...functions,
    artifact: {
      ...artifact,
      functions: Object.fromEntries(given),
      contexts: { ...artifact.contexts, item: { functions: ['item', 'notes'], params } },
    },
  }
}

function appOf(): App {
  names.clear()
  const cache = { secret: 'a-cache-secret-for-tests-of-32-bytes!!' }
  return createApp({ functions: typed(), identity, cache, logger: silentLogger() })
}

function call(
  app: App,
  fn: string,
  body: unknown,
  mounted?: string,
  cookie?: string,
): Promise<Received> {
  const headers = {
    ...(mounted === undefined ? {} : { 'x-mizan-mounted': mounted }),
    ...(cookie === undefined ? {} : { cookie }),
  }
  return send(app, `/api/mizan/call/${fn}/`, { body, headers })
}

test('an instance that a call made stale comes back as a GET would answer it', async () => {
  await using app = appOf()
  const answer = await call(app, 'rename', { id: 5, name: 'Ada' }, 'item;id=5, other, item;id=6')
  const get = await send(app, '/api/mizan/ctx/item/?id=5')
  expect(answer.json).toEqual({
    invalidate: [{ context: 'item', params: { id: 5 } }, 'secret'],
    refreshed: [
      { context: 'item', data: get.json, etag: get.headers.get('etag'), params: { id: 5 } },
    ],
    result: null,
  })
  expect(answer.text.indexOf('"invalidate"')).toBeLessThan(answer.text.indexOf('"refreshed"'))
})

test('a client that shows nothing gets nothing', async () => {
  await using app = appOf()
  reads = 0
  for (const mounted of [
    undefined,
    '',
    'other',
    'item;id=6',
    'nobody;id=5',
    'item;;;',
    'x'.repeat(9_000),
  ])
    expect((await call(app, 'rename', { id: 5, name: 'Ada' }, mounted)).json).not.toHaveProperty(
      'refreshed',
    )
  expect(reads).toBe(0)
})

test('the checks are those of a GET, and a failure is left out without failing the call', async () => {
  await using app = appOf()
  const mounted = 'secret, item;id=13, item;id=05, item;id=5'
  const stranger = await call(app, 'rename', { id: 5, name: 'x' }, mounted)
  expect(refreshedIn(stranger)).toEqual(['item 5'])
  const unlucky = await call(app, 'rename', { id: 13, name: 'x' }, mounted)
  expect([unlucky.status, refreshedIn(unlucky)]).toEqual([200, []])
  const cookie = await cookieOf(app, 'ada')
  const ada = await call(app, 'rename', { id: 5, name: 'x' }, mounted, cookie)
  expect(refreshedIn(ada)).toEqual(['secret undefined', 'item 5'])
  expect(ada.text).toContain('"by":"ada"')
})

test('no more than eight are read again', async () => {
  await using app = appOf()
  const mounted = Array.from({ length: 20 }, (_, limit) => `item;id=5;limit=${limit}`).join(', ')
  const answer = await call(app, 'rename', { id: 5, name: 'x' }, mounted)
  expect(refreshedIn(answer)).toHaveLength(8)
})

test('what comes along is not stored with an answer, as that may be given again much later', async () => {
  await using app = appOf()
  const headers = { 'x-mizan-mounted': 'item;id=5', 'idempotency-key': 'k' }
  const sent = { body: { id: 5, name: 'Ada' }, headers }
  const first = await send(app, '/api/mizan/call/replace/', sent)
  expect(first.json).toMatchObject({ merge: [{ params: { id: 5 } }] })
  const again = await send(app, '/api/mizan/call/replace/', sent)
  expect(again.json).toMatchObject({ invalidate: [{ params: { id: 5 } }] })
  expect(again.text).not.toMatch(/merge|refreshed/)
  expect(resultOf(again)).toEqual(resultOf(first))
})

test('nothing comes along when the session changed, or the call failed', async () => {
  await using app = appOf()
  const changed = await call(app, 'become', { who: 'ada' }, 'item;id=5')
  expect([changed.status, changed.json]).toEqual([200, { invalidate: ['item'], result: null }])
  const failed = await call(app, 'rename', { id: 'x' }, 'item;id=5')
  expect([failed.status, refreshedIn(failed)]).toEqual([422, []])
})

test('an observed write brings along what was seen to read it', async () => {
  await using app = appOf()
  expect(refreshedIn(await call(app, 'write', {}, 'other, item;id=5'))).toEqual([])
  await send(app, '/api/mizan/ctx/other/')
  const answer = await call(app, 'write', {}, 'other, item;id=5')
  expect(refreshedIn(answer)).toEqual(['other undefined'])
  expect(answer.json).toMatchObject({
    refreshed: [{ tags: [expect.stringMatching(/^[0-9a-f]{32}$/)] }],
  })
})

test('a result goes into the one slot that it fits, instead of a target', async () => {
  await using app = appOf()
  const answer = await call(app, 'replace', { id: 5, name: 'Ada' }, 'item;id=5')
  const data = { id: 5, name: 'Ada', by: null }
  expect(answer.json).toEqual({
    merge: [{ context: 'item', data, function: 'item', params: { id: 5 } }],
    result: data,
  })
  // Others hold it too, and the edge.
  expect(answer.headers.get('x-mizan-invalidate')).toBe('item;id=5')
})

test('other instances that the result reaches are read again beside it', async () => {
  await using app = appOf()
  const answer = await call(
    app,
    'replace',
    { id: 5, name: 'Ada' },
    'item;id=5, item;id=5;limit=1, item;id=6',
  )
  expect(answer.json).toMatchObject({
    merge: [{ params: { id: 5 } }],
    refreshed: [{ params: { id: 5, limit: 1 } }],
  })
})

test.each<[string, string, unknown, string | undefined]>([
  ['nobody shows it', 'replace', { id: 5, name: 'Ada' }, 'item;id=6'],
  ['the client says nothing of what it shows', 'replace', { id: 5, name: 'Ada' }, undefined],
  ['not all params of the slot are given', 'replace_all', { name: 'Ada' }, 'item;id=5'],
  ['the function named the context itself', 'replace', { id: 5, name: 'all' }, 'item;id=5'],
])('where %s, a merge is an ordinary target', async (_, fn, args, mounted) => {
  await using app = appOf()
  const { json } = await call(app, fn, args, mounted)
  expect(json).not.toHaveProperty('merge')
  expect(json).toHaveProperty('invalidate')
})

test('a merge purges like any other change', async () => {
  await using app = appOf()
  const before = await send(app, '/api/mizan/ctx/item/?id=5')
  expect(before.text).toContain('"name":"new"')
  await call(app, 'replace', { id: 5, name: 'Ada' }, 'item;id=5')
  expect((await send(app, '/api/mizan/ctx/item/?id=5')).text).toContain('"name":"Ada"')
})

function refreshedIn({ json }: Received): string[] {
  const { refreshed = [] } = json as { refreshed?: { context: string; params?: { id: number } }[] }
  return refreshed.map(({ context, params }) => `${context} ${params?.id}`)
}

function resultOf({ json }: Received): unknown {
  return (json as { result?: unknown }).result // cast: an answer is an object
}
