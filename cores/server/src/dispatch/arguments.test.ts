import { expect, test } from 'vitest'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  type Fn,
  type StandardSchemaV1,
} from '../index.ts'

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
