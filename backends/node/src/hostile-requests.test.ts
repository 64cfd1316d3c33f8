import { connect } from 'node:net'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const json = 'Content-Type: application/json\r\n'
const call = '/api/mizan/call/'

function get(target: string, headers = '', method = 'GET'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: app.test\r\n${headers}Connection: close\r\n\r\n`
}

function post(target: string, body: string, headers = json): string {
  return get(target, `${headers}Content-Length: ${Buffer.byteLength(body)}\r\n`, 'POST') + body
}

/** What `fetch` would not send, and the status that it gets. */
const requests: readonly (readonly [string, string, number])[] = [
  ['an encoded name of an endpoint', get('/api/mizan/%63tx/catalog/'), 404],
  ['an encoded name of a function', post('/api/mizan/call/%65cho/', '{}'), 404],
  ['two slashes', get('//api/mizan/ctx/catalog/'), 404],
  ['two slashes inside', get('/api/mizan//ctx/catalog/'), 404],
  ['dots', get('/x/../api/mizan/ctx/catalog/'), 404],
  ['dots inside', get('/api/mizan/ctx/../ctx/catalog/'), 404],
  ['upper case', get('/API/mizan/ctx/catalog/'), 404],
  ['a fragment', get('/api/mizan/ctx/catalog/#x'), 404],
  ['an asterisk', get('*', '', 'OPTIONS'), 404],
  ['TRACE', get(call, '', 'TRACE'), 405],
  ['two media types', post(call, '{"fn":"nothing"}', `Content-Type: text/plain\r\n${json}`), 415],
  [
    'a body that is not of its encoding',
    post(call, '{"fn":"nothing"}', `${json}Content-Encoding: br\r\n`),
    400,
  ],
  [
    'two encodings',
    post(call, '{"fn":"nothing"}', `${json}Content-Encoding: gzip\r\nContent-Encoding: br\r\n`),
    415,
  ],
  [
    'two keys of one call',
    post(call, '{"fn":"nothing"}', `${json}Idempotency-Key: a\r\nIdempotency-Key: b\r\n`),
    400,
  ],
  [
    'a preflight of nobody',
    get(call, 'Origin: https://evil.test\r\nAccess-Control-Request-Method: POST\r\n', 'OPTIONS'),
    204,
  ],
  [
    'a million instances',
    post(call, '{"fn":"nothing"}', `${json}X-Mizan-Mounted: ${'item;item_id=1, '.repeat(700)}\r\n`),
    200,
  ],
  [
    'multipart without an end',
    post(`${call}receive_file/`, '--x\r\n', 'Content-Type: multipart/form-data; boundary=x\r\n'),
    400,
  ],
  [
    'multipart for a function without files',
    post(
      `${call}echo/`,
      '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--x--\r\n',
      'Content-Type: multipart/form-data; boundary=x\r\n',
    ),
    413,
  ],
  [
    'two origins',
    post(
      call,
      '{"fn":"nothing"}',
      `${json}Origin: https://app.test\r\nOrigin: https://evil.test\r\n`,
    ),
    403,
  ],
  [
    'two sites',
    post(
      call,
      '{"fn":"nothing"}',
      `${json}Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n`,
    ),
    403,
  ],
  [
    'a forwarded host',
    post(
      call,
      '{"fn":"nothing"}',
      `${json}Origin: https://evil.test\r\nX-Forwarded-Host: evil.test\r\n`,
    ),
    403,
  ],
  ['a token of nobody', get('/api/mizan/ctx/catalog/', 'X-Mizan-Token: x\r\n'), 401],
  [
    'headers of answers',
    post(call, '{"fn":"nothing"}', `${json}X-Mizan-Invalidate: item\r\nX-Mizan-Cache: public\r\n`),
    200,
  ],
  [
    'names of prototypes',
    post(call, '{"__proto__":{"fn":"nothing"},"constructor":{"fn":"nothing"}}'),
    400,
  ],
  ['a million keys', post(call, `{${'"k":1,'.repeat(1e6)}"fn":"nothing"}`), 413],
  ['a long name', post(call, `{"fn":"${'x'.repeat(1e6)}"}`), 404],
  ['a query above the limit', get(`/api/mizan/ctx/catalog/?x=${'y'.repeat(9_000)}`), 413],
  ['a number without an end', get('/api/mizan/ctx/item/?item_id=1e999'), 400],
  [
    'a text of broken bytes',
    get('/api/mizan/ctx/spelling/?count=1&exact=true&word=%ED%A0%80'),
    400,
  ],
  [
    'a line break in a param',
    get('/api/mizan/ctx/spelling/?count=1&exact=true&word=%0d%0ax:y'),
    200,
  ],
  ['a negative length', get(call, `${json}Content-Length: -5\r\n`, 'POST'), 400],
  [
    'two lengths of a body',
    get(call, `${json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`, 'POST'),
    400,
  ],
]

test.each(requests)('%s is answered and logged nowhere', async (_name, request, status) => {
  const logged: unknown[] = []
  const keep = (facts: unknown): void => void logged.push(facts)
  const logger = { info: keep, warn: keep, error: keep }
  await using app = createFixtureApp({ logger })
  await using server = await nodeServer(mizan(app))
  const answer = await exchange(server.url, request)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).not.toMatch(/^(x:y|x-mizan-invalidate)/im)
  expect(logged).toEqual([])
})

test('a client that leaves in the middle of its body is no failure of the server', async () => {
  const logged: unknown[] = []
  const keep = (facts: unknown): void => void logged.push(facts)
  await using app = createFixtureApp({ logger: { info: keep, warn: keep, error: keep } })
  const statuses: Promise<number>[] = []
  const answer: typeof app.answer = (request) => {
    const answering = app.handle(request)
    statuses.push(answering.then(({ status }) => status))
    return answering
  }
  await using server = await nodeServer(mizan({ owns: () => true, answer }))
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.write(get(call, `${json}Content-Length: 100\r\n`, 'POST') + '{"fn"')
  await expect.poll(() => statuses.length).toBe(1)
  socket.destroy()
  expect(await statuses[0]).toBe(400)
  expect(logged).toEqual([])
})

async function exchange(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  let answer = ''
  socket.on('data', (text: string) => (answer += text))
  // The server may close while a body that it refused is still on its way.
  socket.on('error', () => {})
  socket.write(request)
  await new Promise((resolve) => socket.on('close', resolve))
  return answer
}
