import { once } from 'node:events'

import { expect, it } from 'vitest'

import { lineServer, type LineServer } from '../test/line-server.ts'
import type { StreamDescriptor } from './descriptors.ts'
import { createKernel } from './kernel.ts'
import { createStream, type Stream, type StreamOptions } from './stream.ts'

const count: StreamDescriptor<{ to?: number }, number> = {
  name: 'count',
  artifact: '0123456789abcdef',
  stream: true,
  args: { to: { wire: 'to' } },
}

type Counting = Stream<{ to?: number }, number>

const streamOf = (server: LineServer, options?: StreamOptions<number>): Counting =>
  createStream(createKernel({ origin: server.origin }), count, () => options ?? {})

function until(stream: Counting, isMet: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (isMet()) resolve()
    }
    stream.subscribe(check)
    check()
  })
}

it('shows items as they come, and that they have ended', async () => {
  await using server = await lineServer()
  const stream = streamOf(server)
  expect(stream.read()).toEqual({ items: [], isStreaming: false, error: undefined })
  stream.start()
  expect(stream.read().isStreaming).toBe(true)
  const { response } = await server.next()
  response.write('{"item":1}\n{"item":2}\n')
  await until(stream, () => stream.read().items.length === 2)
  response.end('{"item":3}\n{"end":true}\n')
  await until(stream, () => !stream.read().isStreaming)
  expect(stream.read()).toEqual({ items: [1, 2, 3], isStreaming: false, error: undefined })
})

it('what arrives together is one change', async () => {
  await using server = await lineServer()
  const stream = streamOf(server)
  const seen: number[] = []
  stream.subscribe(() => seen.push(stream.read().items.length))
  stream.start({ to: 1000 })
  const { response } = await server.next()
  response.end('{"item":1}\n'.repeat(1000) + '{"end":true}\n')
  await until(stream, () => !stream.read().isStreaming)
  expect(stream.read().items).toHaveLength(1000)
  expect(seen.length).toBeLessThan(20)
})

it('keeps the newest items, and hands on each', async () => {
  await using server = await lineServer()
  const all: number[] = []
  const stream = streamOf(server, { keep: 2, onItem: (item) => all.push(item) })
  stream.start()
  const { response } = await server.next()
  response.end('{"item":1}\n{"item":2}\n{"item":3}\n{"end":true}\n')
  await until(stream, () => !stream.read().isStreaming)
  expect(stream.read().items).toEqual([2, 3])
  expect(all).toEqual([1, 2, 3])
})

it('an error ends it, and the items stay', async () => {
  await using server = await lineServer()
  const stream = streamOf(server)
  stream.start()
  const { response } = await server.next()
  response.end('{"item":1}\n{"error":{"code":"FORBIDDEN","message":"no"}}\n')
  await until(stream, () => !stream.read().isStreaming)
  expect(stream.read()).toMatchObject({ items: [1], error: { code: 'FORBIDDEN' } })
})

it('starting again leaves the stream that runs, of which nothing is shown any more', async () => {
  await using server = await lineServer()
  const stream = streamOf(server)
  stream.start({ to: 1 })
  const first = await server.next()
  const closed = once(first.response, 'close')
  first.response.write('{"item":1}\n')
  await until(stream, () => stream.read().items.length === 1)
  stream.start({ to: 2 })
  expect(stream.read().items).toEqual([])
  await closed
  const second = await server.next()
  expect(second.body).toContain('"to":2')
  second.response.end('{"item":2}\n{"end":true}\n')
  await until(stream, () => !stream.read().isStreaming)
  expect(stream.read().items).toEqual([2])
})

it('stopping ends the request, and is no error', async () => {
  await using server = await lineServer()
  const stream = streamOf(server)
  stream.start()
  const { response } = await server.next()
  const closed = once(response, 'close')
  response.flushHeaders()
  stream.stop()
  await closed
  expect(stream.read()).toEqual({ items: [], isStreaming: false, error: undefined })
})

it('is left with its last subscriber, who may come back within a task', async () => {
  await using server = await lineServer()
  const stream = streamOf(server)
  const leave = stream.subscribe(() => {})
  stream.start()
  const { response } = await server.next()
  const closed = once(response, 'close')
  response.flushHeaders()
  leave()
  const leaveAgain = stream.subscribe(() => {})
  await Promise.resolve()
  expect(stream.read().isStreaming).toBe(true)
  leaveAgain()
  await closed
  expect(stream.read().isStreaming).toBe(false)
})
