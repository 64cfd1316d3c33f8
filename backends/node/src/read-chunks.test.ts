import { connect, type Socket } from 'node:net'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { readChunks } from './read-chunks.ts'

test('a large body comes whole and in order, also to a reader that takes its time', async () => {
  const body = Buffer.alloc(5_000_000, 'a body of many chunks ')
  await using server = await nodeServer(async (req, res) => {
    const hash = createHash('sha256')
    for await (const chunk of readChunks(req)) {
      hash.update(chunk)
      await new Promise(setImmediate)
    }
    res.end(hash.digest('hex'))
  })
  const answer = await fetch(server.url, { method: 'POST', body })
  expect(await answer.text()).toBe(createHash('sha256').update(body).digest('hex'))
})

test('a reader that does not read holds the sender back', async () => {
  let held: IncomingMessage | undefined
  await using server = await nodeServer(async (req, res) => {
    held = req
    const chunks = readChunks(req)[Symbol.asyncIterator]()
    await chunks.next()
    await new Promise((resolve) => req.socket.once('close', resolve))
    res.end()
  })
  const socket = await opened(server.url)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50000000\r\n\r\n')
  const flushed = new Promise<boolean>((resolve) => {
    socket.write(Buffer.alloc(50_000_000), () => resolve(true))
  })
  await expect.poll(() => held?.isPaused()).toBe(true)
  expect(
    await Promise.race([flushed, new Promise((resolve) => setImmediate(resolve, false))]),
  ).toBe(false)
  socket.destroy()
})

test('a client that leaves within its body is an error of the reader, not of the process', async () => {
  const seen = new Promise<unknown>((resolve) => {
    void nodeServer(async (req) => {
      const chunks = readChunks(req)[Symbol.asyncIterator]()
      await chunks.next()
      await chunks.next().catch(resolve)
    }).then(async (server) => {
      const socket = await opened(server.url)
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () =>
        socket.destroy(),
      )
      await seen
      await server[Symbol.asyncDispose]()
    })
  })
  expect(await seen).toBeInstanceOf(Error)
})

test('who leaves the loop early can still answer', async () => {
  await using server = await nodeServer(async (req, res) => {
    for await (const chunk of readChunks(req)) {
      expect(chunk.byteLength).toBeGreaterThan(0)
      break
    }
    res.writeHead(413, { connection: 'close' }).end('too large')
  })
  const socket = await opened(server.url)
  const answer = new Promise<string>((resolve) => socket.setEncoding('utf8').once('data', resolve))
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nfirst')
  expect(await answer).toMatch(/^HTTP\/1\.1 413 /)
  socket.destroy()
})

async function opened(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  return socket
}
