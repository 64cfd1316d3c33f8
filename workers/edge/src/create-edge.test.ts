import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { type IncomingMessage, request } from 'node:http'
import { eventually } from '@mizan/testing/resources'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import {
  bundle,
  createHarness,
  elsewhere,
  type Handler,
  type Harness,
  publicHeaders,
} from '../test/harness.ts'
import { manifest } from '../test/manifest.ts'
import { createEdge } from './create-edge.ts'

let harness: Harness
let lastProject = 0

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

/** A project that no other test knows. */
function newProject(): string {
  lastProject += 1
  return String(lastProject)
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${harness.url}${path}`, { headers, redirect: 'manual' })
}

function readProject(id: string, headers?: Record<string, string>): Promise<Response> {
  return get(`/api/mizan/ctx/project/?project_id=${id}`, headers)
}

async function outcomeOf(response: Promise<Response>): Promise<string | null> {
  const answer = await response
  await answer.arrayBuffer()
  return answer.headers.get('x-mizan-edge')
}

function tagsOf(id: string): string[] {
  return ['project', 'project;page', `project;project_id=${id}`]
}

function projectOf(request: IncomingMessage): string {
  return new URL(request.url ?? '', 'http://origin').searchParams.get('project_id') ?? ''
}

/** An origin with one text, which any POST changes; its answers are public. */
function changing(invalidate: string, headers: Record<string, string> = {}): Handler {
  let version = 1
  return (request, response) => {
    if (request.method === 'POST') {
      version += 1
      response
        .writeHead(200, { 'x-mizan-invalidate': invalidate, ...headers })
        .end('{"result":null}')
      return
    }
    response.writeHead(200, publicHeaders(tagsOf(projectOf(request)))).end(`{"v":${version}}`)
  }
}

function mutate(): Promise<Response> {
  return fetch(`${harness.url}/api/mizan/call/`, {
    method: 'POST',
    body: '{"fn":"rename_project","args":{}}',
  })
}

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

test('a WebSocket goes through to the origin, both ways', async () => {
  const server = new WebSocketServer({ noServer: true })
  harness.originServer.once('upgrade', (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data) => peer.send(`${request.url} ${String(data)}`))
    })
  })
  const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/api/mizan/live/`)
  await once(socket, 'open')
  const answered = once(socket, 'message')
  socket.send('hello')
  const [{ data }] = (await answered) as [MessageEvent]
  expect(data).toBe('/api/mizan/live/ hello')
  const closed = once(socket, 'close')
  socket.close()
  await closed
  server.close()
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

describe('mutations', () => {
  test('a scoped one ends what it names and nothing else', async () => {
    const [named, other] = [newProject(), newProject()]
    harness.answer(changing(`project;project_id=${named}`))
    for (const id of [named, other]) await outcomeOf(readProject(id))
    const answer = await mutate()
    expect(answer.headers.get('x-mizan-edge')).toBe('pass')
    expect(answer.headers.get('x-mizan-invalidate')).toBe(`project;project_id=${named}`)
    expect(await (await readProject(named)).text()).toBe('{"v":2}')
    expect(await outcomeOf(readProject(other))).toBe('hit')
  })

  test('a scoped one reaches entries with extra params, and those that leave the param absent', async () => {
    const id = newProject()
    harness.answer(changing(`project;project_id=${id}`))
    const paths = [`?project_id=${id}&page=2`, '', '?page=2'].map(
      (query) => `/api/mizan/ctx/project/${query}`,
    )
    harness.answer((request, response) => {
      if (request.method === 'POST') {
        response.writeHead(200, { 'x-mizan-invalidate': `project;project_id=${id}` }).end('{}')
      } else response.writeHead(200, publicHeaders(['project'])).end('{}')
    })
    for (const path of paths) {
      await outcomeOf(get(path))
      expect(await outcomeOf(get(path))).toBe('hit')
    }
    await mutate()
    for (const path of paths) expect(await outcomeOf(get(path))).toBe('miss')
  })

  test.each([
    'project',
    'project.project_data',
    'project;unknown=1',
    'news, project',
    'not a target',
  ])(
    'a broad one, or one that cannot be scoped, ends every entry of the context: %s',
    async (invalidate) => {
      const ids = [newProject(), newProject()]
      harness.answer(changing(invalidate))
      for (const id of ids) await outcomeOf(readProject(id))
      await mutate()
      for (const id of ids) expect(await (await readProject(id)).text()).toBe('{"v":2}')
    },
  )

  test('one without targets ends nothing', async () => {
    const id = newProject()
    harness.answer(changing(''))
    await outcomeOf(readProject(id))
    await mutate()
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })

  test('a failed one that had committed something ends what it names', async () => {
    const id = newProject()
    let version = 1
    harness.answer((request, response) => {
      if (request.method !== 'POST') {
        response.writeHead(200, publicHeaders(tagsOf(id))).end(`{"v":${version}}`)
        return
      }
      version += 1
      response.writeHead(500, { 'x-mizan-invalidate': `project;project_id=${id}` }).end('{}')
    })
    await outcomeOf(readProject(id))
    expect((await mutate()).status).toBe(500)
    expect(await (await readProject(id)).text()).toBe('{"v":2}')
  })

  test.each([
    ['a gateway answers instead', 504],
    ['a proxy says that the server is unavailable', 503],
    ['the connection is lost', undefined],
  ])('one of unknown outcome ends everything: %s', async (_, status) => {
    const id = newProject()
    let version = 1
    harness.answer((request, response) => {
      if (request.method !== 'POST') {
        response.writeHead(200, publicHeaders(tagsOf(id))).end(`{"v":${version}}`)
        return
      }
      version += 1
      if (status === undefined) response.destroy()
      else response.writeHead(status).end()
    })
    await outcomeOf(readProject(id))
    expect((await mutate()).status).toBe(status ?? 503)
    expect(await (await readProject(id)).text()).toBe('{"v":2}')
  })

  test('a view function that answers with targets purges like any other', async () => {
    const id = newProject()
    harness.answer(changing(`project;project_id=${id}`))
    await outcomeOf(readProject(id))
    await fetch(`${harness.url}/projects/rename/`, { method: 'POST', body: 'name=x' })
    expect(await outcomeOf(readProject(id))).toBe('miss')
  })

  test('one that overtakes a read keeps its older answer from being served', async () => {
    const id = newProject()
    const arrived = new EventTarget()
    const released = new EventTarget()
    const arrival = once(arrived, 'done')
    const release = once(released, 'done')
    let version = 1
    let isFirst = true
    harness.answer(async (request, response) => {
      if (request.method === 'POST') {
        version += 1
        response.writeHead(200, { 'x-mizan-invalidate': `project;project_id=${id}` }).end('{}')
        return
      }
      const body = `{"v":${version}}`
      if (isFirst) {
        isFirst = false
        arrived.dispatchEvent(new Event('done'))
        await release
      }
      response.writeHead(200, publicHeaders(tagsOf(id))).end(body)
    })
    const overtaken = readProject(id)
    await arrival
    await mutate()
    released.dispatchEvent(new Event('done'))
    expect(await (await overtaken).text()).toBe('{"v":1}')
    expect(await (await readProject(id)).text()).toBe('{"v":2}')
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })

  test('a read that begins after a mutation was answered is never older, however they interleave', async () => {
    const id = newProject()
    let version = 0
    harness.answer(async (request, response) => {
      if (request.method === 'POST') {
        version += 1
        const headers = { 'x-mizan-invalidate': `project;project_id=${id}` }
        response.writeHead(200, headers).end(String(version))
        return
      }
      const body = String(version)
      await new Promise(setImmediate)
      response.writeHead(200, publicHeaders(tagsOf(id))).end(body)
    })
    let answered = 0
    const writer = async () => {
      for (let count = 0; count < 30; count += 1) {
        answered = Math.max(answered, Number(await (await mutate()).text()))
      }
    }
    const reader = async () => {
      for (let count = 0; count < 60; count += 1) {
        const least = answered
        expect(Number(await (await readProject(id)).text())).toBeGreaterThanOrEqual(least)
      }
    }
    await Promise.all([writer(), reader(), reader(), reader()])
  })
})

describe('data that an answer was made of', () => {
  const [task, other] = ['00112233445566778899aabbccddeeff', 'ff112233445566778899aabbccddeeff']

  test('a write to it ends the entry, once the edge has learnt the tag', async () => {
    const id = newProject()
    let version = 1
    harness.answer((request, response) => {
      if (request.method === 'POST') {
        version += 1
        response.writeHead(200, { 'x-mizan-changed': `${other}, ${task}` }).end('{}')
      } else response.writeHead(200, publicHeaders([...tagsOf(id), task])).end(`{"v":${version}}`)
    })
    const outcomes = []
    for (let count = 0; count < 3; count += 1) outcomes.push(await outcomeOf(readProject(id)))
    expect(outcomes).toEqual(['miss', 'miss', 'hit'])
    await mutate()
    expect(await (await readProject(id)).text()).toBe('{"v":2}')
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })

  test('a write to other data leaves it', async () => {
    const id = newProject()
    harness.answer((request, response) => {
      if (request.method === 'POST') response.writeHead(200, { 'x-mizan-changed': other }).end('{}')
      else response.writeHead(200, publicHeaders([...tagsOf(id), task])).end('{}')
    })
    for (let count = 0; count < 3; count += 1) await outcomeOf(readProject(id))
    await mutate()
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })
})

describe('headers', () => {
  test('a client cannot pose as the edge or the origin', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    const smuggled = {
      'x-mizan-cache': 'public; ttl=60; tags=project; artifact=0123456789abcdef',
      'x-mizan-invalidate': 'project',
      'x-mizan-edge': 'hit',
      'x-mizan-anything': '1',
      x_mizan_cache: 'public',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '81',
      'x-forwarded-prefix': '/evil',
      x_forwarded_server: 'evil.example',
      'x-original-url': '/api/mizan/ctx/user/?user_id=5',
      'x-rewrite-url': '/api/mizan/ctx/user/?user_id=5',
      forwarded: 'for=10.0.0.1',
    }
    const wanted = {
      'x-mizan-mounted': 'news',
      'x-mizan-artifact': manifest.artifact,
      'x-mizan-call': 'a1',
    }
    await outcomeOf(readProject(id, { ...smuggled, ...wanted }))
    await outcomeOf(get('/api/mizan/session/', { ...smuggled, ...wanted }))
    expect(harness.seen).toHaveLength(2)
    for (const { headers } of harness.seen) {
      expect(headers).toMatchObject(wanted)
      expect(headers['x-forwarded-host']).toBe(new URL(harness.url).host)
      for (const name of Object.keys(smuggled).filter((name) => name !== 'x-forwarded-host')) {
        expect(headers[name]).not.toBe(smuggled[name as keyof typeof smuggled])
      }
    }
    // What a client claims to have been invalidated was not.
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })

  test('a client of another artifact is passed through', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    await outcomeOf(readProject(id))
    expect(await outcomeOf(readProject(id, { 'x-mizan-artifact': 'ffff' }))).toBe('pass')
    expect(await outcomeOf(readProject(id, { 'x-mizan-artifact': manifest.artifact }))).toBe('hit')
  })

  test('what is not Mizan keeps its own caching, redirects and cookies', async () => {
    harness.answer((_, response) => {
      const headers = {
        'cache-control': 'public, max-age=9',
        location: '/next',
        'set-cookie': ['a=1', 'b=2'],
        'x-mizan-cache': 'private; ttl=1; tags=a; artifact=0',
      }
      response.writeHead(302, headers).end()
    })
    const response = await get('/assets/app.js')
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/next')
    expect(response.headers.get('cache-control')).toBe('public, max-age=9')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.has('x-mizan-cache')).toBe(false)
  })

  test('a body goes to the origin as it is', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const received: Buffer[] = []
    harness.answer(async (request, response) => {
      for await (const chunk of request) received.push(chunk as Buffer)
      response.end('{}')
    })
    await fetch(`${harness.url}/api/mizan/call/`, { method: 'POST', body: bytes })
    expect(Buffer.concat(received).equals(bytes)).toBe(true)
  })
})

describe('outages', () => {
  test('without an origin what is fresh is served, the rest says UNAVAILABLE', async () => {
    const [kept, unknown] = [newProject(), newProject()]
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(kept))).end('{}'),
    )
    await outcomeOf(readProject(kept))
    harness.answer((_, response) => void response.destroy())
    expect(await outcomeOf(readProject(kept))).toBe('hit')
    const response = await readProject(unknown)
    expect(response.status).toBe(503)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      error: { code: 'UNAVAILABLE', message: 'The server cannot be reached' },
    })
  })

  test('without an origin what was invalidated is not served', async () => {
    const id = newProject()
    harness.answer(changing(`project;project_id=${id}`))
    await outcomeOf(readProject(id))
    await mutate()
    harness.answer((_, response) => void response.destroy())
    expect((await readProject(id)).status).toBe(503)
  })

  test('versions that were lost are no match for each other', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    for (let count = 0; count < 3; count += 1) {
      expect(await outcomeOf(readProject(id, { 'test-outage': 'blank' }))).toBe('miss')
    }
    await outcomeOf(readProject(id, { 'test-outage': 'end' }))
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })

  test('without versions nothing is kept or served, and a purge is made up for', async () => {
    const id = newProject()
    harness.answer(changing(`project;project_id=${id}`))
    await outcomeOf(readProject(id))
    expect(await outcomeOf(readProject(id))).toBe('hit')
    expect(await outcomeOf(readProject(id, { 'test-outage': 'begin' }))).toBe('miss')
    const answer = await mutate()
    expect(answer.headers.get('x-mizan-purge')).toBe('deferred')
    expect(await (await readProject(id)).text()).toBe('{"v":2}')
    await outcomeOf(readProject(id, { 'test-outage': 'end' }))
    await eventually(async () => {
      const response = await readProject(id)
      expect(await response.text()).toBe('{"v":2}')
      expect(response.headers.get('x-mizan-edge')).toBe('hit')
    })
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
