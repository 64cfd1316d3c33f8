import { request } from 'node:http'
import { signPush } from '@mizan/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHarness, type Harness, publicHeaders, pushSecret } from '../test/harness.ts'

let harness: Harness
let version = 1
let lastId = 100

beforeAll(async () => {
  harness = await createHarness()
  harness.answer((request, response) => {
    const id = new URL(request.url ?? '', 'http://origin').searchParams.get('project_id') ?? ''
    const tags = ['project', 'project;page', `project;project_id=${id}`, dataTag]
    response.writeHead(200, publicHeaders(tags)).end(`{"v":${version}}`)
  })
})
afterAll(() => harness[Symbol.asyncDispose]())

const dataTag = '0123456789abcdef0123456789abcdef'

async function read(id: number): Promise<string> {
  const answer = await fetch(`${harness.url}/api/mizan/ctx/project/?project_id=${id}`)
  return `${answer.headers.get('x-mizan-edge')} ${await answer.text()}`
}

/** Reads until it comes from the cache, which takes three times for what has data tags. */
async function warm(id: number): Promise<void> {
  await read(id)
  await read(id)
  expect(await read(id)).toBe(`hit {"v":${version}}`)
}

/** Over a connection of its own: nobody else's request is cut with it. */
async function pushAlone(body: string): Promise<number | 'cut' | undefined> {
  const headers = { 'x-mizan-signature': await signPush(pushSecret, body, Date.now()) }
  return new Promise((resolve) => {
    request(`${harness.url}/api/mizan/purge/`, { method: 'POST', agent: false, headers })
      .on('response', (answer) => {
        resolve(answer.statusCode)
        answer.destroy()
      })
      .on('error', () => resolve('cut'))
      .end(body)
  })
}

async function push(body: string, header?: string): Promise<number> {
  const signature = header ?? (await signPush(pushSecret, body, Date.now()))
  const answer = await fetch(`${harness.url}/api/mizan/purge/`, {
    method: 'POST',
    headers: { 'x-mizan-signature': signature },
    body,
  })
  await answer.arrayBuffer()
  return answer.status
}

test.each<[string, string, boolean]>([
  ['a broad target', '{"invalidate":["project"],"changed":[]}', true],
  [
    'a scoped target of this instance',
    '{"invalidate":[{"context":"project","params":{"project_id":ID}}],"changed":[]}',
    true,
  ],
  [
    'a scoped target of another',
    '{"invalidate":[{"context":"project","params":{"project_id":9999}}],"changed":[]}',
    false,
  ],
  ['data that it was read from', `{"invalidate":[],"changed":["${dataTag}"]}`, true],
  ['what cannot be understood', '{"invalidate":"project"}', true],
])('a push of %s', async (_what, body, ends) => {
  const id = ++lastId
  await warm(id)
  version++
  expect(await push(body.replace('ID', String(id)))).toBe(204)
  expect(await read(id)).toBe(ends ? `miss {"v":${version}}` : `hit {"v":${version - 1}}`)
})

test('a push that nobody has signed, or long ago, ends nothing and does not reach the origin', async () => {
  await warm(1)
  const asked = harness.seen.length
  const body = '{"invalidate":["project"],"changed":[]}'
  const forged = await signPush('another-secret-of-at-least-32-bytes!', body, Date.now())
  const old = await signPush(pushSecret, body, Date.now() - 600_000)
  for (const header of [forged, old, 'nonsense']) expect(await push(body, header)).toBe(401)
  // The answer comes before the body has ended, and the connection may be gone before it is read.
  expect([413, 'cut']).toContain(await pushAlone('x'.repeat(2_000_000)))
  expect(await read(1)).toBe(`hit {"v":${version}}`)
  expect(harness.seen.length).toBe(asked)
})
