import type { ArtifactParam } from '@mizan/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  type Fn,
  type Functions,
  type StandardSchemaV1,
} from '../index.ts'
import { readQuery } from './arguments.ts'

const User = defineContext('user')
const user = client({ context: User }, function user(userId: string): string {
  return userId
})

function app(...functions: readonly Fn[]): App {
  return createApp({ functions: collect(user, ...functions), logger: silentLogger() })
}

/** A schema that makes its output of the given object. */
function schema(output: (given: Record<string, unknown>) => unknown): StandardSchemaV1 {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => ({ value: output(value as Record<string, unknown>) }),
    },
  }
}

test('an argument has one name: its TypeScript name is nobody to a schema', async () => {
  const rename = client(
    { affects: User, input: schema((given) => given) },
    function rename(userId: unknown): unknown {
      return userId
    },
  )
  await using mizan = app(rename)
  for (const second of ['userId', 'user__id', '__proto__']) {
    const raw = `{"fn":"rename","args":{"user_id":5,"${second}":{"polluted":6}}}`
    const answer = await send(mizan, '/api/mizan/call/', { raw })
    expect(answer.json, second).toMatchObject({ result: { userId: 5 } })
    expect(Object.keys((answer.json as { result: object }).result)).toEqual(['userId'])
  }
})

test('an argument that its schema changed scopes nothing, one that it kept does', async () => {
  const rename = client(
    {
      affects: User,
      input: schema(({ userId }) => ({ userId: String(userId).trim() })),
    },
    function rename(userId: unknown): unknown {
      return userId
    },
  )
  await using mizan = app(rename)
  const header = async (id: string): Promise<unknown> =>
    (await call(mizan, 'rename', { user_id: id })).headers.get('x-mizan-invalidate')
  expect(await header('5')).toBe('user;user_id=%225%22')
  expect(await header(' 5')).toBe('user')
})

test('app.call gives a schema the object that a client gives it', async () => {
  const total = client(
    { name: 'total', input: schema((given) => given) },
    (given: { itemId: number; count: number }) => given.itemId * given.count,
  )
  await using mizan = app(total)
  expect(await mizan.call(total, [{ itemId: 2, count: 3 }])).toBe(6)
  expect((await call(mizan, 'total', { item_id: 2, count: 3 })).json).toEqual({ result: 6 })
})

test('a param whose bytes are broken is no second spelling of U+FFFD', async () => {
  await using mizan = app()
  const answer = await send(mizan, '/api/mizan/ctx/user/?user_id=%22%FF%22')
  expect(answer.json).toMatchObject({ error: { code: 'BAD_REQUEST' } })
  const real = await send(mizan, '/api/mizan/ctx/user/?user_id=%22%EF%BF%BD%22&other=%FF')
  expect(real.status).toBe(400)
  const alone = await send(mizan, '/api/mizan/ctx/user/?user_id=%22%EF%BF%BD%22')
  expect(alone.json).toEqual({ user: '\ufffd' })
})

/** As the compiler reads it: `collect` knows no types. */
function withParams(fn: Fn, params: readonly ArtifactParam[]): Functions {
  const { artifact, sources } = collect(user, fn)
  const functions = { ...artifact.functions, sum: { ...artifact.functions['sum']!, params } }
  return { artifact: { ...artifact, functions }, sources }
}

test('a rest parameter is one list on the wire, and as many arguments to the function', async () => {
  const sum = client(function sum(label: string, ...numbers: number[]) {
    return `${label} ${numbers.reduce((a, b) => a + b, 0)}`
  })
  const functions = withParams(sum, [
    { name: 'label', key: 'label', schema: { type: 'string' }, required: true },
    {
      name: 'numbers',
      key: 'numbers',
      schema: { type: 'array', items: { type: 'number' } },
      required: false,
      rest: true,
    },
  ])
  await using mizan = createApp({ functions, logger: silentLogger() })
  await mizan.start()
  expect((await call(mizan, 'sum', { label: 'a', numbers: [1, 2] })).json).toEqual({
    result: 'a 3',
  })
  expect((await call(mizan, 'sum', { label: 'a' })).json).toEqual({ result: 'a 0' })
  expect((await call(mizan, 'sum', { label: 'a', numbers: ['x'] })).status).toBe(422)
  expect(await mizan.call(sum, ['b', 3, 4])).toBe('b 7')
})

test('a schema of a date is given a date, and whatever else was sent', async () => {
  const input = schema((given) => given)
  const sum = client({ input }, function sum(given: unknown): unknown {
    return Object.values(given as object).map((value) => Object.prototype.toString.call(value))
  })
  const date = { type: 'string', format: 'date-time', 'x-mizan': 'date' } as const
  const functions = withParams(sum, [
    { name: 'at', key: 'at', schema: date, required: true },
    { name: 'note', key: 'note', schema: { type: 'object' }, required: false },
  ])
  await using mizan = createApp({ functions, logger: silentLogger() })
  await mizan.start()
  const kindsOf = async (args: object): Promise<unknown> => (await call(mizan, 'sum', args)).json
  expect(await kindsOf({ at: '2026-01-01T00:00:00.000Z', note: {} })).toEqual({
    result: ['[object Date]', '[object Object]'],
  })
  expect(await kindsOf({ at: 'soon' })).toEqual({ result: ['[object String]'] })
})

test('a query is read as URLSearchParams reads it, whatever stands in it', () => {
  const params = ['a', 'b'].map((name) => ({ name, key: name, schema: {}, required: false }))
  const piece = fc.constantFrom(
    'a',
    'b',
    '=',
    '&',
    '&&',
    '+',
    '%41',
    '%',
    '%2',
    ';',
    '?',
    '/',
    '%C3%A9',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      (query) => {
        const pairs = [...new URLSearchParams(query)].filter(
          ([name]) => name === 'a' || name === 'b',
        )
        const isRepeated = new Set(pairs.map(([name]) => name)).size < pairs.length
        if (isRepeated) expect(() => readQuery(query, params)).toThrow('given twice')
        else expect([...readQuery(query, params)]).toEqual(pairs)
      },
    ),
  )
})
