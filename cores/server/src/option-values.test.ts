import { expect, test } from 'vitest'
import { client } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { collect } from './collect.ts'
import { defineContext } from './context.ts'
import { defineError } from './define-error.ts'
import { wrongValuesOf } from './option-values.ts'
import { createRegistry } from './registry.ts'

const Late = defineError('TOO_LATE', { status: 409 })

test.each<[Record<string, unknown>, string]>([
  [{ private: false }, 'private is true, or absent'],
  [{ websocket: 1 }, 'websocket is true, or absent'],
  [{ transaction: true }, 'transaction is false, or absent'],
  [{ auth: 'admin' }, 'auth is true, "staff", "superuser" or a function'],
  [{ methods: ['GET', 'TRACE'] }, 'methods is a list of GET, POST, PUT, PATCH and DELETE'],
  [{ cache: { seconds: 5 } }, 'cache is false, a number of seconds, or { ttl, staleFor }'],
  [{ cache: true }, 'cache is false, a number of seconds, or { ttl, staleFor }'],
  [{ throws: [Error] }, 'throws is a list of classes made by defineError'],
  [{ throws: [new Late()] }, 'throws is a list of classes made by defineError'],
  [{ throws: [Late, Late] }, 'throws has two classes of the code TOO_LATE'],
  [{ timeout: '5' }, 'timeout is a positive number of milliseconds'],
  [{ upload: { maxBytes: 0 } }, 'upload is { maxBytes, maxFiles, types }, numbers above 0'],
  [{ use: [undefined] }, 'use is a list of layers, which are functions'],
  [{ input: {} }, 'input is a Standard Schema'],
  [{ contxt: 1 }, 'client has no option "contxt"'],
  [{ constructor: 1 }, 'client has no option "constructor"'],
])('%j is refused', (options, problem) => {
  expect(wrongValuesOf(options)).toEqual([problem])
})

test('every option at its best is accepted', () => {
  const options: ClientOptions = {
    context: defineContext('user'),
    auth: () => true,
    cache: { ttl: 5, staleFor: 5 },
    throws: [Late],
    timeout: 100,
    upload: { maxBytes: 1, types: ['image/*'] },
    use: [],
    methods: ['GET'],
  }
  expect(wrongValuesOf(options)).toEqual([])
})

test('a wrong value stops the boot, naming class and member', () => {
  class Jobs {
    @client({ private: false as never }) work(): void {}
  }
  expect(() => createRegistry(collect(Jobs))).toThrow(
    'work (collected#Jobs.work): private is true, or absent',
  )
})
