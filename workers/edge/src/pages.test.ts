import { request } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHarness, type Harness, publicHeaders } from '../test/harness.ts'

let harness: Harness
let version = 1

beforeAll(async () => {
  harness = await createHarness()
  harness.answer((incoming, response) => {
    if (incoming.method === 'POST') {
      version += 1
      const invalidate = incoming.url?.includes('news') ? 'news' : 'project;project_id=1'
      response.writeHead(200, { 'x-mizan-invalidate': invalidate }).end('{}')
      return
    }
    const { pathname } = new URL(incoming.url ?? '', 'http://origin')
    const id = pathname.split('/')[2] ?? ''
    // A page that reads the news as well.
    const tags = ['project', 'project;page', `project;project_id=${id}`, 'news']
    const headers = { ...publicHeaders(tags), 'content-type': 'text/html; charset=utf-8' }
    response.writeHead(200, headers).end(`<h1>${pathname} ${version}</h1>`)
  })
})
afterAll(() => harness[Symbol.asyncDispose]())

async function visit(path: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${harness.url}${path}`, { headers })
  return `${response.headers.get('x-mizan-edge')} ${await response.text()}`
}

/** Without what fetch makes of a path. */
async function visitRaw(path: string): Promise<string> {
  const { port } = new URL(harness.url)
  const [response] = await once(request({ port, path }).end(), 'response')
  response.resume()
  return String(response.headers['x-mizan-edge'])
}

test('a page of the manifest is served from the edge, to everybody', async () => {
  for (let count = 0; count < 2; count += 1) await visit('/p/1/')
  expect(await visit('/p/1/', { cookie: 'session=ada' })).toBe(`hit <h1>/p/1/ ${version}</h1>`)
  const response = await fetch(`${harness.url}/p/1/`)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.has('x-mizan-cache')).toBe(false)
  expect(await visit('/p/1')).toBe(`hit <h1>/p/1/ ${version}</h1>`)
})

test('a page and the data of one context are two entries, and so are two pages', async () => {
  const paths = ['/p/2/', '/p/2/of/3/', '/api/mizan/ctx/project/?project_id=2']
  const answers = new Set<string>()
  for (const path of paths) answers.add(await visit(path))
  expect(answers.size).toBe(3)
})

test('a change of the context, and of another that the page has read, ends the page', async () => {
  const warm = async () => {
    for (let count = 0; count < 3; count += 1) await visit('/p/1/')
    expect(await visit('/p/1/')).toMatch(/^hit/)
  }
  for (const path of ['/api/mizan/call/', '/news/publish/']) {
    await warm()
    await fetch(`${harness.url}${path}`, { method: 'POST', body: '{}' })
    expect(await visit('/p/1/')).toBe(`miss <h1>/p/1/ ${version}</h1>`)
  }
})

test.each([
  '/p/1/style.css',
  '/p/1/of/style.css;x',
  '/p/1%2Fstyle.css/',
  '/p/1%00.css/',
  '/p/%31/',
  '/p/1;a.css/',
  '/p/1/;.js',
  '/p/1/x.css',
  '/p/1%5Cx.css/',
  '/p/1%252Fx.css/',
  '/p/1%0d%0aset-cookie:x/',
  '/p/1%3Fx.css/',
  '/p/1%23.css/',
  '/p/1/?utm=1',
  '/p/1//',
  '//p/1/',
  '/P/1/',
  '/p//',
  '/p/%ZZ/',
  '/p/%2e%2e/',
  '/p/1\\x/',
])('what another server could read as another page is not kept: %s', async (path) => {
  for (let count = 0; count < 3; count += 1) expect(await visitRaw(path)).not.toBe('hit')
})
