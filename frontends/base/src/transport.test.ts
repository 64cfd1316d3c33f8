import { headerNames } from '@mizan/protocol'
import { describe, expect, it } from 'vitest'

import { nextDay, searchContext, taskContext, updateTask } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'
import type { KernelLayer, KernelRequest } from './transport.ts'

describe('a request', () => {
  it('carries the digest of what it was generated from', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await kernel.load(taskContext, { taskId: 5 })
    await kernel.call(updateTask, { taskId: 5 })
    for (const headers of server.headers) {
      expect(headers[headerNames.artifact]).toBe('0123456789abcdef')
    }
    expect(server.headers[1]?.['content-type']).toBe('application/json')
  })

  it('sends cookies to its own origin only', async () => {
    await using server = await boardServer()
    const inits: (RequestInit | undefined)[] = []
    const kernel = createKernel({
      origin: server.origin,
      fetch: (url, init) => {
        inits.push(init)
        return fetch(url, init)
      },
    })
    await kernel.load(taskContext, { taskId: 5 })
    await kernel.call(updateTask, { taskId: 5 })
    expect(inits.map((init) => init?.credentials)).toEqual(['same-origin', 'same-origin'])
  })

  it('goes below the base path that the kernel is given', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin, base: '/elsewhere' })
    await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('carries params so that the server reads the same text', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    expect((await kernel.load(searchContext, { text: null })).matches).toEqual([0])
    const text = 'ü & ?=#+ %2f'
    await kernel.load(searchContext, { text })
    const query = new URLSearchParams(server.log[1]?.replace('GET search?', ''))
    expect(query.get('text')).toBe(JSON.stringify(text))
  })
})

describe('a failure', () => {
  it('to reach the server is UNAVAILABLE, keeps the data of before and can be asked again', async () => {
    await using server = await boardServer()
    let isOnline = true
    const kernel = createKernel({
      origin: server.origin,
      // Port 1 of the same machine: a connection that is refused for real.
      fetch: (url, init) =>
        fetch(isOnline ? url : String(url).replace(server.origin, 'http://127.0.0.1:1'), init),
    })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const { data } = await task.settled()
    isOnline = false
    await expect(kernel.refetch(taskContext, { taskId: 5 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: `task: no answer from ${server.origin}/api/mizan/ctx/task/?task_id=5`,
      cause: expect.any(TypeError),
    })
    const failed = kernel.read(taskContext, { taskId: 5 })
    expect(failed).toMatchObject({ status: 'error', isStale: true })
    expect(failed.data).toBe(data)
    isOnline = true
    await kernel.refetch(taskContext, { taskId: 5 })
    expect(kernel.read(taskContext, { taskId: 5 })).toMatchObject({
      status: 'success',
      error: undefined,
      data,
    })
  })

  it('of a first read is an error without data, and the next watcher asks again', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    server.answer('GET task', 503, '<h1>Bad gateway</h1>')
    const task = watch(kernel, taskContext, { taskId: 5 })
    const { error, data } = await task.until(({ status }) => status === 'error')
    expect(error).toMatchObject({ code: 'HTTP_503', status: 503 })
    expect(data).toBeUndefined()
    task[Symbol.dispose]()
    await Promise.resolve()
    using again = watch(kernel, taskContext, { taskId: 5 })
    expect(again.states[0]).toMatchObject({ status: 'loading', error: undefined })
    expect((await again.settled()).status).toBe('success')
  })

  it.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [410, 'GONE'],
  ])('of status %i takes the data of before away', async (status, code) => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    server.answer('GET task', status, JSON.stringify({ error: { code, message: 'No' } }))
    kernel.invalidate(['task'])
    const state = await task.until((now) => now.status === 'error')
    expect(state).toMatchObject({ data: undefined, error: { code }, isStale: false })
    await kernel.refetch(taskContext, { taskId: 5 })
    expect(server.headers.at(-1)).not.toHaveProperty('if-none-match')
  })

  it.each(['<html>', '[]', 'null', '"text"'])(
    'is a good status with %s in place of an object',
    async (text) => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      server.answer('GET task', 200, text)
      await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({
        code: 'HTTP_200',
      })
    },
  )

  it('is a 304 to a request that said nothing of a tag', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    server.answer('GET task', 304, '')
    await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({
      code: 'HTTP_304',
    })
  })

  it('to decode is INTERNAL with its cause, and shows nothing half decoded', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const cause = new RangeError('unexpected')
    const broken: typeof taskContext = {
      ...taskContext,
      members: {
        ...taskContext.members,
        taskDetail: {
          wire: 'task_detail',
          decode: () => {
            throw cause
          },
        },
      },
    }
    await expect(kernel.load(broken, { taskId: 5 })).rejects.toMatchObject({
      code: 'INTERNAL',
      cause,
    })
    expect(kernel.read(broken, { taskId: 5 }).data).toBeUndefined()
  })
})

describe('layers', () => {
  it('see every request from the outside in and its answer from the inside out', async () => {
    await using server = await boardServer()
    const seen: string[] = []
    const layer =
      (name: string): KernelLayer =>
      async (request, next) => {
        seen.push(`${name} ${request.method} ${request.name} ${request.idempotent}`)
        const answer = await next(request)
        seen.push(`${name} ${answer.status} ${JSON.stringify(answer.invalidate)}`)
        return answer
      }
    const kernel = createKernel({ origin: server.origin }, layer('outer'), layer('inner'))
    await kernel.call(updateTask, { taskId: 5 })
    expect(seen).toEqual([
      'outer POST update_task false',
      'inner POST update_task false',
      'inner 200 [{"context":"task","params":{"task_id":5}}]',
      'outer 200 [{"context":"task","params":{"task_id":5}}]',
    ])
    seen.length = 0
    await kernel.load(taskContext, { taskId: 5 })
    expect(seen[0]).toBe('outer GET task true')
  })

  it('may change the request and answer in its place', async () => {
    await using server = await boardServer()
    const kernel = createKernel(
      { origin: server.origin },
      (request, next) => next({ ...request, headers: { ...request.headers, 'x-trace': '7' } }),
      async (request, next) =>
        request.idempotent ? next(request) : { status: 200, body: { result: '2026-01-01' } },
    )
    await kernel.load(taskContext, { taskId: 5 })
    expect(server.headers[0]?.['x-trace']).toBe('7')
    expect(await kernel.call(nextDay, { at: new Date() })).toEqual(new Date('2026-01-01'))
    expect(server.log).toHaveLength(1)
  })

  it('that throw fail the read with what they threw as its cause', async () => {
    const cause = new Error('layer broke')
    const kernel = createKernel({}, () => {
      throw cause
    })
    await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({
      code: 'INTERNAL',
      cause,
    })
  })

  it('belong to one kernel', async () => {
    await using server = await boardServer()
    const requests: KernelRequest[] = []
    const layered = createKernel({ origin: server.origin }, (request, next) => {
      requests.push(request)
      return next(request)
    })
    await createKernel({ origin: server.origin }).load(taskContext, { taskId: 5 })
    expect(requests).toHaveLength(0)
    expect(layered.read(taskContext, { taskId: 5 }).status).toBe('idle')
  })
})
