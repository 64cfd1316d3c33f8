import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findBun } from './bun-binary.ts'
import { replyDescriptor, requestDescriptor } from './frames.ts'

const file = fileURLToPath(new URL('../test/pages.worker.tsx', import.meta.url))
const command = ['--conditions=@mizan/source', '--no-install', 'run', file]

/** A worker process whose frames are read and written by hand. */
function start() {
  const child = spawn(findBun(file), command, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  // cast: 'pipe' makes socket pairs
  const pipes = child.stdio as readonly unknown[] as readonly Duplex[]
  const [replies, requests] = [pipes[replyDescriptor], pipes[requestDescriptor]]
  if (replies === undefined || requests === undefined) throw new TypeError('there are two pipes')
  let text = ''
  replies.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return {
    requests,
    replies,
    // Not 'exit': what it wrote last is read by then.
    end: once(child, 'close'),
    frames: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line)),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}

function renderFrame(id: number, text: string): string {
  return `${JSON.stringify({ id, method: 'render', params: { component: 'Echo', props: { text } } })}\n`
}

test('a worker says that it is ready, what it starts and what came of it, and drains on shutdown', async () => {
  await using worker = start()
  worker.requests.write(`${renderFrame(1, 'é')}{"method":"ping"}\n${renderFrame(2, 'b')}`)
  worker.requests.write('{"method":"shutdown"}\n')
  expect(await worker.end).toEqual([0, null])
  const frames = worker.frames()
  expect(frames[0]).toEqual({ id: 0, ready: true })
  expect(frames).toContainEqual({ pong: true, rss: expect.any(Number) })
  expect(frames.filter((frame) => !Object.hasOwn(frame as object, 'pong')).slice(1)).toEqual([
    { id: 1, started: true },
    { id: 1, html: '<p>é</p>', state: { contexts: [] }, head: '' },
    { id: 2, started: true },
    { id: 2, html: '<p>b</p>', state: { contexts: [] }, head: '' },
  ])
})

test('a frame in any pieces is one frame', async () => {
  await using worker = start()
  const bytes = Buffer.from(renderFrame(1, '😀'))
  for (const byte of bytes) worker.requests.write(Uint8Array.of(byte))
  worker.requests.write('{"method":"shutdown"}\n')
  await worker.end
  expect(worker.frames().at(-1)).toMatchObject({ id: 1, html: '<p>😀</p>' })
})

test('a render that is cancelled before its turn never starts', async () => {
  await using worker = start()
  const frames = [renderFrame(1, 'a'), renderFrame(2, 'b'), '{"id":2,"method":"cancel"}\n']
  worker.requests.write(`${frames.join('')}{"method":"shutdown"}\n`)
  await worker.end
  expect(worker.frames()).not.toContainEqual({ id: 2, started: true })
  expect(worker.frames()).toContainEqual({
    id: 2,
    error: { message: 'it was cancelled', stack: expect.any(String) },
  })
})

test('a worker whose server is gone goes too', async () => {
  await using worker = start()
  await once(worker.replies, 'data')
  worker.requests.end()
  expect(await worker.end).toEqual([0, null])
})

test('a worker file that is run by hand says who runs it', async () => {
  const child = spawn(findBun(file), command, { stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  expect(await once(child, 'close')).not.toEqual([0, null])
  expect(text).toContain('createRenderer() or ssrPlugin() starts this file')
})
