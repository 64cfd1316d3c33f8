import { MizanError } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { call, silentLogger } from '../../test/send.ts'
import { client, collect, createApp } from '../index.ts'
import { toPublicError, withDetails } from './public-error.ts'

const secret = 'the password is hunter2'

test.each<[string, () => unknown]>([
  ['null', () => null],
  ['undefined', () => undefined],
  ['a text', () => secret],
  ['an object', () => ({ code: 'BAD_REQUEST', message: secret, status: 200 })],
  ['a promise', () => Promise.resolve(secret)],
  ['an error', () => Object.assign(new Error(secret), { status: 404, code: secret })],
  ['an error without the status of one', () => new MizanError('HTTP_302', secret, { status: 302 })],
])('whatever is thrown answers INTERNAL and nothing of itself: %s', async (_name, make) => {
  const logger = silentLogger()
  const fail = client(function fail(): never {
    throw make()
  })
  await using app = createApp({ functions: collect(fail), logger })
  const { status, json } = await call(app, 'fail')
  expect(status).toBe(500)
  expect(json).toEqual({
    error: {
      code: 'INTERNAL',
      id: expect.any(String),
      message: 'Something went wrong on the server',
    },
  })
  expect(logger.lines).toHaveLength(1)
})

test("an id is of this server's log, and on 5xx only", () => {
  const logger = silentLogger()
  const options = { id: 'of another server' }
  expect(toPublicError(new MizanError('NOT_FOUND', 'x', options), logger).id).toBeUndefined()
  expect(logger.lines).toEqual([])
  const known = toPublicError(new MizanError('UNAVAILABLE', 'x', options), logger)
  expect(known.id).not.toBe('of another server')
  expect(logger.lines).toHaveLength(1)
})

test('what came through the door is logged once, with whatever details', () => {
  const logger = silentLogger()
  const known = toPublicError(new Error('x'), logger)
  const named = withDetails(known, { fn: 'x' })
  expect(toPublicError(named, logger)).toBe(named)
  expect([named.id, named.status, logger.lines.length]).toEqual([known.id, 500, 1])
})
