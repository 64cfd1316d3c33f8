import type { ProtocolRequest } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { createRequestView } from './request-view.ts'

const request: ProtocolRequest = {
  method: 'GET',
  path: '/',
  query: '',
  headers: { accept: 'text/plain', 'x-list': ['a', 'b'] },
  body: null,
  signal: new AbortController().signal,
}
const view = createRequestView(request, { bodyLimit: 0 })

test('a header is found by its name in any case, and several values are joined', () => {
  expect([view.header('Accept'), view.header('X-List')]).toEqual(['text/plain', 'a, b'])
})

test('what every object inherits is no header', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(view.header(name), name).toBeUndefined()
  }
})
