import { once } from 'node:events'

import { MizanError } from '@mizan/protocol'
import { expect, it } from 'vitest'

import { taskContext } from '../test/board-client.ts'
import { lineServer } from '../test/line-server.ts'
import { callStream } from './call-stream.ts'
import { decodeDetails, type DeclaredError, type ProtocolError } from './declared-error.ts'
import type { StreamDescriptor } from './descriptors.ts'
import { createKernel } from './kernel.ts'

type TailError = DeclaredError<'BROKEN', { after: Date }> | ProtocolError

const tail: StreamDescriptor<{ from: Date }, Date, TailError> = {
  name: 'tail',
  artifact: '0123456789abcdef',
  stream: true,
  args: { from: { wire: 'from', encode: (value) => value.toISOString() } },
  decode: (json) => new Date(json as string),
  failed: (error) =>
    decodeDetails(error, {
      BROKEN: (json: { after: string }) => ({ ...json, after: new Date(json.after) }),
    }),
}

const from = new Date(0)
const line = (time: number): string => `${JSON.stringify({ item: new Date(time) })}\n`

it('items are decoded as they come, wherever the bytes are cut', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response, request, body } = await server.next()
  expect(request.url).toBe('/api/mizan/call/')
  expect(JSON.parse(body)).toEqual({ fn: 'tail', args: { from: '1970-01-01T00:00:00.000Z' } })
  const bytes = Buffer.from(`${line(1)}${line(2)}`)
  response.write(bytes.subarray(0, 10))
  response.write(bytes.subarray(10))
  expect(await first).toEqual({ done: false, value: new Date(1) })
  expect(await items.next()).toEqual({ done: false, value: new Date(2) })
  response.end('{"end":true}\n')
  expect(await items.next()).toEqual({ done: true, value: undefined })
  expect(await items.next()).toEqual({ done: true, value: undefined })
})

it('a letter of several bytes may be cut in two', async () => {
  await using server = await lineServer()
  const words: StreamDescriptor<Record<string, never>, string> = {
    ...{ name: 'words', artifact: '0', stream: true, args: {} },
  }
  const items = callStream(words, {}, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response } = await server.next()
  const bytes = Buffer.from('{"item":"\u{1f600}\u2028"}\n{"end":true}\n')
  response.write(bytes.subarray(0, 11))
  await new Promise((resolve) => setImmediate(resolve))
  response.end(bytes.subarray(11))
  expect((await first).value).toBe('\u{1f600}\u2028')
})

it('nothing is asked before the first item is wanted', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  await items.return?.()
  expect(await items.next()).toEqual({ done: true, value: undefined })
  expect(server.count()).toBe(0)
})

it('leaving the loop ends the request', async () => {
  await using server = await lineServer()
  const kernel = createKernel({ origin: server.origin })
  const left = (async () => {
    for await (const item of callStream(tail, { from }, { kernel })) return item
    return undefined
  })()
  const { response } = await server.next()
  const closed = once(response, 'close')
  response.write(line(1) + line(2))
  expect(await left).toEqual(new Date(1))
  await closed
})

it('leaving while an item is awaited ends the request and the wait', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response } = await server.next()
  const closed = once(response, 'close')
  response.flushHeaders()
  await items.return?.()
  expect(await first).toEqual({ done: true, value: undefined })
  await closed
})

it('an aborted signal rejects with its reason', async () => {
  await using server = await lineServer()
  const controller = new AbortController()
  const kernel = createKernel({ origin: server.origin })
  const items = callStream(tail, { from }, { kernel, signal: controller.signal })
  const first = items.next()
  const { response } = await server.next()
  response.write(line(1))
  await first
  const reason = new Error('enough')
  const second = items.next()
  controller.abort(reason)
  await expect(second).rejects.toBe(reason)
})

it('an error in the last line is the declared one, after the items before it', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response } = await server.next()
  const error = {
    code: 'BROKEN',
    message: 'broken',
    details: { after: '2026-11-20T10:00:00.000Z' },
  }
  response.end(`${line(1)}${JSON.stringify({ error })}\n`)
  expect((await first).value).toEqual(new Date(1))
  const failure = await items.next().catch((cause: unknown) => cause)
  expect(failure).toBeInstanceOf(MizanError)
  expect(failure).toMatchObject({
    code: 'BROKEN',
    details: { after: new Date('2026-11-20T10:00:00.000Z') },
  })
})

it('an error before the first item has its status', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response } = await server.next()
  response.statusCode = 403
  response.end('{"error":{"code":"FORBIDDEN","message":"no"}}')
  await expect(first).rejects.toMatchObject({ code: 'FORBIDDEN', status: 403 })
})

it.each([
  ['ends without a last line', (response: { end(text: string): void }) => response.end(line(1))],
  [
    'ends in the middle of a line',
    (response: { end(text: string): void }) => response.end(`${line(1)}{"it`),
  ],
  ['is not JSON', (response: { end(text: string): void }) => response.end(`${line(1)}oops\n`)],
])('an answer that %s was cut short', async (_, end) => {
  await using server = await lineServer()
  const kernel = createKernel({ origin: server.origin })
  const collected = (async () => {
    for await (const _item of callStream(tail, { from }, { kernel })) continue
  })()
  const { response } = await server.next()
  end(response)
  await expect(collected).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

it('a connection that breaks is an error too', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response } = await server.next()
  response.write(line(1))
  await first
  response.destroy()
  await expect(items.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

it('a server that is not read stops writing', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const first = items.next()
  const { response } = await server.next()
  const many = line(1).repeat(10_000)
  let writes = 0
  while (response.write(many) || writes < 20) writes++
  await first
  // More than the buffers on the way can hold: it does not drain, because nobody asks for the second item.
  expect(response.writableNeedDrain).toBe(true)
  for (let taken = 0; taken < 20_000; taken++) await items.next()
  await items.return?.()
})

it('several items may be asked for at once, and come in order', async () => {
  await using server = await lineServer()
  const items = callStream(tail, { from }, { kernel: createKernel({ origin: server.origin }) })
  const three = Promise.all([items.next(), items.next(), items.next()])
  const { response } = await server.next()
  response.end(`${line(1)}${line(2)}{"end":true}\n`)
  expect((await three).map(({ value }) => value?.getTime())).toEqual([1, 2, undefined])
})

it('what the last line makes out of date is asked for again', async () => {
  await using server = await lineServer()
  const kernel = createKernel({ origin: server.origin })
  const stop = kernel.subscribe(taskContext, { taskId: 5 }, () => {})
  const read = await server.next()
  expect(read.request.url).toBe('/api/mizan/ctx/task/?task_id=5')
  read.response.end('{"task_detail":{"dueAt":"1970-01-01T00:00:00.000Z"},"task_comments":[]}')
  await kernel.load(taskContext, { taskId: 5 })
  const items = callStream(tail, { from }, { kernel })
  const first = items.next()
  const { response } = await server.next()
  response.end('{"end":true,"invalidate":["task"]}\n')
  expect(await first).toEqual({ done: true, value: undefined })
  const again = await server.next()
  expect(again.request.url).toBe('/api/mizan/ctx/task/?task_id=5')
  again.response.end('{"task_detail":{"dueAt":"1970-01-01T00:00:00.000Z"},"task_comments":[]}')
  stop()
})
