import type { JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { send } from '../test/send.ts'
import { client } from './client.ts'
import { defineContext } from './context.ts'
import { createApp } from './create-app.ts'
import { defineFunctions, type Functions } from './functions.ts'

const UserContext = defineContext('user')
const profile = client({ context: UserContext }, (userId: number) => userId)
const greeting = client({ context: UserContext }, (name: string) => name)
const save = client((filter: unknown) => filter)
const create = client({ input: z.object({ userId: z.number() }) }, (given: unknown) => given)

const integer: JsonSchema = { type: 'integer' }
const userId = { name: 'user_id', key: 'userId', schema: integer, required: true }
const name = { name: 'name', key: 'name', schema: { type: 'string' } as const, required: true }

function functions(): Functions {
  const facts = (key: string): { key: string; source: string; result: JsonSchema } => ({
    key,
    source: `src/users.ts#${key}`,
    result: {},
  })
  const filter: JsonSchema = {
    type: 'object',
    properties: { deep: { type: 'object', properties: { a: integer } } },
  }
  return defineFunctions(
    {
      version: 1,
      digest: '0000000000000000',
      functions: {
        create: { ...facts('create'), params: [userId], destructured: true, input: true },
        greeting: { ...facts('greeting'), params: [name], context: 'user' },
        profile: { ...facts('profile'), params: [userId], context: 'user' },
        save: {
          ...facts('save'),
          params: [{ name: 'filter', key: 'filter', schema: filter, required: true }],
        },
      },
      contexts: { user: { functions: ['greeting', 'profile'], params: [name, userId] } },
      $defs: {},
    },
    { create: [create], greeting: [greeting], profile: [profile], save: [save] },
  )
}

test('by default what nothing declares is dropped, at the top and below', async () => {
  await using app = createApp({ functions: functions() })
  const body = { fn: 'save', args: { role: 'admin', filter: { deep: { a: 1, b: 2 }, c: 3 } } }
  expect((await send(app, '/api/mizan/call/', { body })).json).toEqual({
    result: { deep: { a: 1 } },
  })
})

test('it is refused on request, each with its path', async () => {
  await using app = createApp({ functions: functions(), unknownProperties: 'refuse' })
  const body = { fn: 'save', args: { role: 'admin', filter: { deep: { a: 1, b: 2 }, c: 3 } } }
  const answer = await send(app, '/api/mizan/call/', { body })
  expect(answer.status).toBe(422)
  expect(answer.json).toMatchObject({
    error: {
      code: 'VALIDATION_FAILED',
      message: 'save: argument filter.deep.b is not declared (and 2 more)',
      details: [{ path: 'filter.deep.b' }, { path: 'filter.c' }, { path: 'role' }],
    },
  })
})

test('a Standard Schema decides about names of its kind; others are refused', async () => {
  await using app = createApp({ functions: functions(), unknownProperties: 'refuse' })
  const call = async (args: object): Promise<unknown> =>
    (await send(app, '/api/mizan/call/', { body: { fn: 'create', args } })).json
  expect(await call({ user_id: 5, other: 1 })).toEqual({ result: { userId: 5 } })
  expect(await call({ user_id: 5, userId: 6 })).toMatchObject({
    error: { message: 'create: argument userId is not declared' },
  })
})

test('members of a context are given the params of all, whatever is refused', async () => {
  await using app = createApp({ functions: functions(), unknownProperties: 'refuse' })
  const answer = await send(app, '/api/mizan/ctx/user/?user_id=5&name=Ada')
  expect(answer.json).toEqual({ greeting: 'Ada', profile: 5 })
})
