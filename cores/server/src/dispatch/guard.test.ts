import { expect, test } from 'vitest'
import { cookieOf, enter, identity } from '../../test/people.ts'
import { send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  type Guard,
  type StandardSchemaV1,
} from '../index.ts'

const strict: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: () => ({ issues: [{ message: 'tells of arguments' }] }),
  },
}

function app(auth: Guard): App {
  const pay = client({ auth, input: strict }, function pay(): void {})
  const form = client({ auth, input: strict, route: '/pay/', name: 'form' }, () => new Response())
  return createApp({ functions: collect(enter, pay, form), identity, logger: silentLogger() })
}

test('who may not call learns nothing of the arguments', async () => {
  await using mizan = app('staff')
  for (const [id, status] of [
    ['', 401],
    ['ada', 403],
    ['root', 422],
  ] as const) {
    const cookie = id === '' ? '' : await cookieOf(mizan, id)
    for (const path of ['/api/mizan/call/pay/', '/api/mizan/validate/pay/', '/pay/']) {
      const answer = await send(mizan, path, { body: {}, headers: { cookie } })
      expect([path, id, answer.status]).toEqual([path, id, status])
      expect(answer.text.includes('tells of arguments')).toBe(status === 422)
    }
  }
})

test.each<[string, Guard]>([
  ['throws', () => Promise.reject(new Error('the password is hunter2'))],
  ['answers something that is not true', () => 'yes' as never],
])('a guard that %s admits nobody', async (_name, auth) => {
  await using mizan = app(auth)
  const cookie = await cookieOf(mizan, 'root')
  const answer = await send(mizan, '/api/mizan/call/pay/', { body: {}, headers: { cookie } })
  expect([500, 403]).toContain(answer.status)
  expect(answer.text).not.toContain('hunter2')
})
