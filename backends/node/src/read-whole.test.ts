import { Buffer } from 'node:buffer'
import { connect, type Socket } from 'node:net'
import { nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { readChunks } from './read-chunks.ts'
import { readWhole } from './read-whole.ts'

test('a body of many chunks comes whole and in order', async () => {
  const body = Buffer.alloc(3_000_000, 'a body of many chunks ')
  await using server = await nodeServer(async (req, res) => {
    const whole = await readWhole(req, body.byteLength)
    res.end(String(whole !== undefined && body.equals(whole)))
  })
  const answer = await fetch(server.url, { method: 'POST', body })
  expect(await answer.text()).toBe('true')
})

test('a body above the limit is not kept, and its sender is answered', async () => {
  await using server = await nodeServer(async (req, res) => {
    const whole = await readWhole(req, 1_000)
    res.writeHead(413, { connection: 'close' }).end(whole === undefined ? 'too large' : 'whole')
  })
  const socket = await opened(server.url)
  const answer = new Promise<string>((resolve) => socket.setEncoding('utf8').once('data', resolve))
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n${'x'.repeat(2_000)}`)
  expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*too large/)
  socket.destroy()
})

test('after a body above the limit the connection takes the next request', async () => {
  await using server = await nodeServer(async (req, res) => {
    const whole = await readWhole(req, 10)
    res.end(whole === undefined ? 'too large' : 'whole')
  })
  const large = await fetch(server.url, { method: 'POST', body: 'x'.repeat(100_000) })
  expect(await large.text()).toBe('too large')
  const small = await fetch(server.url, { method: 'POST', body: 'x' })
  expect(await small.text()).toBe('whole')
})

test('a client that leaves within its body is an error of the reader, not of the process', async () => {
  const seen: unknown[] = []
  await using server = await nodeServer(
    (req) => void readWhole(req, 1_000).catch((error: unknown) => seen.push(error)),
  )
  const socket = await opened(server.url)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () =>
    socket.destroy(),
  )
  await expect.poll(() => seen).toEqual([expect.any(Error)])
})

test('a body of a client that has left already is an error, however it is read', async () => {
  const seen: unknown[] = []
  await using server = await nodeServer(async (req) => {
    await new Promise((resolve) => req.on('close', resolve))
    seen.push(await readWhole(req, 1_000).catch((error: unknown) => error))
    const chunks = readChunks(req)[Symbol.asyncIterator]()
    seen.push(await chunks.next().catch((error: unknown) => error))
  })
  const socket = await opened(server.url)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () =>
    socket.destroy(),
  )
  await expect.poll(() => seen).toEqual([expect.any(Error), expect.any(Error)])
})

async function opened(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  return socket
}
