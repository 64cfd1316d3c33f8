import { once } from 'node:events'
import { eventually } from '@mizan/testing/resources'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHarness, type Harness, publicHeaders } from '../test/harness.ts'
import { changing, newProject, outcomeOf, requestsTo, tagsOf } from '../test/projects.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

const { get, readProject, mutate } = requestsTo(() => harness)

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
