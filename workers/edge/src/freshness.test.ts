import { eventually, shortest } from '@mizan/testing/resources'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHarness, elsewhere, type Harness, publicHeaders } from '../test/harness.ts'

let harness: Harness
let version = 1
let isDown = false
const versionsAge = 500

beforeAll(async () => {
  harness = await createHarness(undefined, versionsAge)
  harness.answer((request, response) => {
    if (isDown) {
      response.writeHead(502).end()
      return
    }
    const id = new URL(request.url ?? '', 'http://origin').searchParams.get('project_id') ?? '1'
    if (request.method === 'POST') {
      version += 1
      response.writeHead(200, { 'x-mizan-invalidate': `project;project_id=${id}` }).end('{}')
      return
    }
    const tags = ['project', 'project;page', `project;project_id=${id}`]
    response.writeHead(200, publicHeaders(tags, { ttl: 10 })).end(`{"v":${version}}`)
  })
})
afterAll(() => harness[Symbol.asyncDispose]())

async function read(id: number, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${harness.url}/api/mizan/ctx/project/?project_id=${id}`, {
    headers,
  })
  return `${response.headers.get('x-mizan-edge')} ${await response.text()}`
}

async function readElsewhere(id: number, headers: Record<string, string> = {}): Promise<string> {
  const url = `http://${elsewhere}/api/mizan/ctx/project/?project_id=${id}`
  const response = await harness.worker.dispatch(url, { headers })
  return `${response.headers.get('x-mizan-edge')} ${await response.text()}`
}

async function mutate(id: number): Promise<string> {
  const url = `${harness.url}/api/mizan/call/?project_id=${id}`
  const response = await fetch(url, { method: 'POST', body: '{}' })
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

test('who has just changed something reads it at once in any isolate, everybody else within a second', async () => {
  // With an entry of its own for each attempt.
  const untilRead = async (attempt: number): Promise<number> => {
    const id = 100 + attempt
    for (const one of [read, readElsewhere]) {
      await one(id)
      expect(await one(id)).toBe(`hit {"v":${version}}`)
    }
    const cookie = await mutate(id)
    const answered = performance.now()
    expect(cookie).toBe('mizan-fresh=1')
    expect(await readElsewhere(id, { cookie })).toBe(`miss {"v":${version}}`)
    expect(await readElsewhere(id, { 'cache-control': 'no-cache' })).toBe(`hit {"v":${version}}`)
    // The isolate that passed the change on knows without a marker.
    expect(await read(id)).toContain(` {"v":${version}}`)
    await eventually(async () => expect(await readElsewhere(id)).toContain(` {"v":${version}}`))
    return performance.now() - answered
  }
  expect(await shortest(untilRead, { under: 1_000 })).toBeLessThan(1_000)
})

test('nobody is marked who has changed nothing', async () => {
  const url = `${harness.url}/api/mizan/ctx/project/?project_id=2`
  for (const method of ['GET', 'HEAD'])
    expect((await fetch(url, { method })).headers.getSetCookie()).toEqual([])
})

test('past its time an unchanged entry is served at once, while a new one is fetched', async () => {
  const old = version
  expect(await read(3, { 'test-skew': '0' })).toBe(`miss {"v":${old}}`)
  version += 5
  expect(await read(3, { 'test-skew': '12000' })).toBe(`stale {"v":${old}}`)
  await eventually(async () => expect(await read(3)).toBe(`hit {"v":${version}}`))
})

test('what was invalidated is not served, neither past its time nor without the origin', async () => {
  await read(4, { 'test-skew': '0' })
  await mutate(4)
  expect(await read(4, { 'test-skew': '12000' })).toBe(`miss {"v":${version}}`)
  await mutate(4)
  isDown = true
  expect(await read(4)).toMatch(/^miss/)
  isDown = false
})

test('when the origin fails what is unchanged is served for a while, and then no more', async () => {
  expect(await read(5, { 'test-skew': '0' })).toBe(`miss {"v":${version}}`)
  isDown = true
  expect(await read(5, { 'test-skew': '45000' })).toBe(`stale {"v":${version}}`)
  expect(await read(5, { 'test-skew': '80000' })).toMatch(/^miss/)
  isDown = false
  await read(5, { 'test-skew': '0' })
})
