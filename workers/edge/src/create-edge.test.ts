import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle, createHarness, elsewhere, type Harness, publicHeaders } from '../test/harness.ts'
import { manifest } from '../test/manifest.ts'
import { changing, newProject, outcomeOf, projectOf, requestsTo, tagsOf } from '../test/projects.ts'
import { createEdge } from './create-edge.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

const { get, readProject, mutate } = requestsTo(() => harness)

describe('reads', () => {
  test('the second read of a public context comes from the edge, byte for byte', async () => {
    const id = newProject()
    harness.answer((request, response) => {
      const headers = {
        ...publicHeaders(tagsOf(projectOf(request))),
        etag: '"a"',
        'x-other': 'once',
      }
      response.writeHead(200, headers).end('{"project_data":"é"}')
    })
    const miss = await readProject(id)
    const hit = await readProject(id)
    expect([miss, hit].map(({ headers }) => headers.get('x-mizan-edge'))).toEqual(['miss', 'hit'])
    expect(await hit.text()).toBe(await miss.text())
    for (const { headers } of [miss, hit]) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('etag')).toBe('"a"')
      expect(headers.has('x-mizan-cache')).toBe(false)
    }
    expect(hit.headers.has('x-other')).toBe(false)
    expect(harness.seen).toHaveLength(1)
  })

  test('equal params in any order and spelling are one entry, other values another', async () => {
    const id = newProject()
    harness.answer((request, response) => {
      const tags = ['project', 'project;page=a%20b', `project;project_id=${projectOf(request)}`]
      response.writeHead(200, publicHeaders(tags)).end(request.url)
    })
    const first = await get(`/api/mizan/ctx/project/?project_id=${id}&page=a%20b`)
    const second = await get(`/api/mizan/ctx/project?page=a+b&project_id=${id}`)
    expect(second.headers.get('x-mizan-edge')).toBe('hit')
    expect(await second.text()).toBe(await first.text())
    expect(await outcomeOf(get(`/api/mizan/ctx/project/?project_id=${id}&page=a`))).toBe('miss')
  })

  test.each([
    ['a repeated param', (id: string) => `?project_id=${id}&project_id=${id}`],
    ['an undeclared param', (id: string) => `?project_id=${id}&utm=1`],
    ['a misencoded param', (id: string) => `?project_id=${id}&page=%ZZ`],
    ['half a surrogate pair', (id: string) => `?project_id=${id}&page=%ED%A0%80`],
  ])('%s passes through as it is', async (_, query) => {
    const id = newProject()
    harness.answer((request, response) => {
      response.writeHead(200, publicHeaders(tagsOf(projectOf(request)))).end(request.url)
    })
    const path = `/api/mizan/ctx/project/${query(id)}`
    for (const response of [await get(path), await get(path)]) {
      expect(response.headers.get('x-mizan-edge')).toBe('pass')
      expect(await response.text()).toBe(path)
    }
  })

  test('a condition is answered at the edge, on a miss and on a hit', async () => {
    const id = newProject()
    harness.answer((request, response) => {
      expect(request.headers).not.toHaveProperty('if-none-match')
      response.writeHead(200, { ...publicHeaders(tagsOf(id)), etag: '"v1"' }).end('{}')
    })
    const known = { 'if-none-match': '"v0", W/"v1"' }
    const answers = [await readProject(id, known), await readProject(id, known)]
    expect(answers.map(({ status }) => status)).toEqual([304, 304])
    expect(answers.map(({ headers }) => headers.get('x-mizan-edge'))).toEqual(['miss', 'hit'])
    expect((await readProject(id, { 'if-none-match': '"v0"' })).status).toBe(200)
  })

  test('an entry ends with its time', async () => {
    const id = newProject()
    harness.answer((_, response) => {
      response.writeHead(200, publicHeaders(tagsOf(id), { ttl: 1 })).end('{}')
    })
    expect(await outcomeOf(readProject(id))).toBe('miss')
    expect(await outcomeOf(readProject(id, { 'test-skew': '32000' }))).toBe('miss')
    expect(await outcomeOf(readProject(id, { 'test-skew': '0' }))).toBe('hit')
  })
})

describe('bodies', () => {
  test('a compressed answer is kept as what it says', async () => {
    const id = newProject()
    const text = JSON.stringify({ project_data: 'é'.repeat(2_000) })
    harness.answer((_, response) => {
      const headers = { ...publicHeaders(tagsOf(id)), 'content-encoding': 'gzip' }
      response.writeHead(200, headers).end(gzipSync(text))
    })
    const answers = [await readProject(id), await readProject(id)]
    expect(answers.map(({ headers }) => headers.get('x-mizan-edge'))).toEqual(['miss', 'hit'])
    for (const answer of answers) expect(await answer.text()).toBe(text)
  })

  test('one that unpacks to more than the limit arrives whole and is not kept', async () => {
    const id = newProject()
    const text = 'x'.repeat(3_000_000)
    harness.answer((_, response) => {
      const headers = { ...publicHeaders(tagsOf(id)), 'content-encoding': 'gzip' }
      response.writeHead(200, headers).end(gzipSync(text))
    })
    for (const answer of [await readProject(id), await readProject(id)]) {
      expect(answer.headers.get('x-mizan-edge')).toBe('miss')
      expect((await answer.text()) === text).toBe(true)
    }
  })

  test('one that is longer than the limit is passed on before it is complete', async () => {
    const id = newProject()
    const read = new EventTarget()
    const isRead = once(read, 'done')
    harness.answer(async (_, response) => {
      response.writeHead(200, publicHeaders(tagsOf(id))).write('x'.repeat(20_000))
      await isRead
      response.end('end')
    })
    // Compressed, what is alike would wait in the compressor.
    const answer = await readProject(id, { 'accept-encoding': 'identity' })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toMatch(/^x+$/)
    read.dispatchEvent(new Event('done'))
    let rest = ''
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value
    expect(rest).toMatch(/^x*end$/)
  })

  test('a part is asked for in vain: the whole is answered and kept', async () => {
    const id = newProject()
    harness.answer((request, response) => {
      expect(request.headers).not.toHaveProperty('range')
      response.writeHead(200, publicHeaders(tagsOf(id))).end('{"a":1}')
    })
    for (const range of ['bytes=0-1', 'bytes=2-']) {
      const answer = await readProject(id, { range })
      expect([answer.status, await answer.text()]).toEqual([200, '{"a":1}'])
    }
    expect(harness.seen).toHaveLength(1)
  })

  test('HEAD asks the origin and is not kept', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    const url = `${harness.url}/api/mizan/ctx/project/?project_id=${id}`
    expect(await outcomeOf(fetch(url, { method: 'HEAD' }))).toBe('pass')
    const answer = await readProject(id)
    expect([answer.headers.get('x-mizan-edge'), await answer.text()]).toEqual(['miss', '{}'])
  })
})

test('what is written in one isolate is gone in every other', async () => {
  const id = newProject()
  harness.answer(changing(`project;project_id=${id}`))
  const readElsewhere = async () => {
    const url = `http://${elsewhere}/api/mizan/ctx/project/?project_id=${id}`
    const answer = await harness.worker.dispatch(url)
    return `${answer.headers.get('x-mizan-edge')} ${await answer.text()}`
  }
  await readElsewhere()
  await outcomeOf(readProject(id))
  expect(await readElsewhere()).toBe('hit {"v":1}')
  await mutate()
  expect(await readElsewhere()).toBe('miss {"v":2}')
  await harness.worker.dispatch(`http://${elsewhere}/api/mizan/call/`, { method: 'POST' })
  expect(await (await readProject(id)).text()).toBe('{"v":3}')
})

describe('what is never kept', () => {
  const allowed = publicHeaders(['news'])
  const header = allowed['x-mizan-cache']
  const wrong = { 'content-type': 'application/json' }

  test.each<[string, number, Record<string, string | string[]>]>([
    ['an answer without X-Mizan-Cache', 200, wrong],
    ['a private answer', 200, { ...wrong, 'x-mizan-cache': header.replace('public', 'private') }],
    ['an answer that is public and private', 200, { ...wrong, 'x-mizan-cache': [header, header] }],
    ['a policy of another grammar', 200, { ...wrong, 'x-mizan-cache': `${header}; extra=1` }],
    ['an answer without time', 200, publicHeaders(['news'], { ttl: 0 })],
    ['an answer of another artifact', 200, publicHeaders(['news'], { artifact: 'ffff' })],
    ['an answer with a tag of another context', 200, publicHeaders(['news', 'project'])],
    ['an answer with a tag in the clear', 200, publicHeaders(['news', 'db:tasks'])],
    ['an answer with a cookie', 200, { ...allowed, 'set-cookie': 'a=b' }],
    ['an error', 500, allowed],
    ['an answer of another status', 203, allowed],
    ['a redirect', 302, { ...allowed, location: '/' }],
  ])('%s', async (_, status, headers) => {
    harness.answer((_request, response) => void response.writeHead(status, headers).end('{"a":1}'))
    for (let count = 0; count < 2; count += 1) {
      const response = await get('/api/mizan/ctx/news/')
      expect(response.status).toBe(status)
      expect(response.headers.get('x-mizan-edge')).toBe('miss')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.has('x-mizan-cache')).toBe(false)
    }
    expect(harness.seen).toHaveLength(2)
  })

  test.each([1, 2])('an answer over the limit, with its length or without: %i', async (parts) => {
    harness.answer((_, response) => {
      response.writeHead(200, allowed)
      for (let count = 1; count < parts; count += 1) response.write('x')
      response.end('x'.repeat(20_000))
    })
    expect(await outcomeOf(get('/api/mizan/ctx/news/'))).toBe('miss')
    expect(await outcomeOf(get('/api/mizan/ctx/news/'))).toBe('miss')
  })

  test.each(['/api/mizan/ctx/never/', '/api/mizan/ctx/user/?user_id=5', '/api/mizan/session/'])(
    'what the manifest forbids or does not name: %s',
    async (path) => {
      const tags = [path.includes('user') ? 'user' : 'never']
      harness.answer((_, response) => void response.writeHead(200, publicHeaders(tags)).end('{}'))
      expect(await outcomeOf(get(path))).toBe('pass')
      expect(await outcomeOf(get(path))).toBe('pass')
    },
  )

  test.each([
    ['another method', { 'x-http-method-override': 'QUERY' }, undefined],
    ['a body', { 'content-length': '2' }, '{}'],
  ])(
    'the answer to a GET with %s, which some servers read as something else',
    async (_, headers, body) => {
      harness.answer((_, response) => void response.writeHead(200, allowed).end('{}'))
      const get = request(`${harness.url}/api/mizan/ctx/news/`, { headers }).end(body)
      const [response] = (await once(get, 'response')) as [IncomingMessage]
      response.resume()
      expect(response.headers['x-mizan-edge']).toBe('pass')
    },
  )

  test('the answer to a page of another origin, which carries headers for it', async () => {
    harness.answer((_, response) => void response.writeHead(200, allowed).end('{}'))
    const headers = { origin: 'https://elsewhere.example' }
    expect(await outcomeOf(get('/api/mizan/ctx/news/', headers))).toBe('pass')
  })
})

describe('who asks', () => {
  test('two people reading one context each get their own private answer', async () => {
    const id = newProject()
    harness.answer((request, response) => {
      const policy = publicHeaders(tagsOf(id))['x-mizan-cache'].replace('public', 'private')
      response.writeHead(200, { 'x-mizan-cache': policy }).end(request.headers.cookie)
    })
    const people = Array.from({ length: 40 }, (_, index) => `session=${index % 2}`)
    const answers = await Promise.all(
      people.map(async (cookie) => (await readProject(id, { cookie })).text()),
    )
    expect(answers).toEqual(people)
  })

  test('a public answer serves whoever asks, and the origin sees the credentials of a miss', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    const credentials = { cookie: 'session=1', authorization: 'Bearer x' }
    expect(await outcomeOf(readProject(id, credentials))).toBe('miss')
    expect(harness.seen[0]?.headers).toMatchObject(credentials)
    expect(await outcomeOf(readProject(id))).toBe('hit')
    expect(await outcomeOf(readProject(id, { cookie: 'session=2' }))).toBe('hit')
  })
})

test('a manifest of another version is refused', () => {
  const other = { ...manifest, version: 2 as 1 }
  expect(() => createEdge({ manifest: other, origin: '', versions: () => never() })).toThrow(
    'the manifest has version 2',
  )
})

test('the Worker imports nothing and evaluates nothing', async () => {
  const script = await bundle()
  expect(script).not.toMatch(/^\s*import\b|\bimport\(|\brequire\(|\beval\(|new Function/m)
})

function never(): never {
  throw new Error('not called')
}
