import { once } from 'node:events'
import { connect } from 'node:net'
import { nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { toProtocolRequest } from './to-protocol-request.ts'

test('a signal that is asked for after the client has left is aborted', async () => {
  const seen: boolean[] = []
  await using server = await nodeServer(async (req, res) => {
    const request = toProtocolRequest(req, res)
    await once(res, 'close')
    seen.push(request.signal.aborted)
  })
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n', () => socket.destroy())
  await expect.poll(() => seen).toEqual([true])
})

test('a signal that is asked for after the answer is not aborted', async () => {
  const seen: boolean[] = []
  await using server = await nodeServer((req, res) => {
    const request = toProtocolRequest(req, res)
    res.once('close', () => seen.push(request.signal.aborted))
    res.end('done')
  })
  expect(await (await fetch(server.url)).text()).toBe('done')
  await expect.poll(() => seen).toEqual([false])
})
