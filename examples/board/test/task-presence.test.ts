/** The channel of a task, spoken to without a page. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningBoard, startBoard } from './board.ts'
import { ada, bela, hiro } from './people.ts'

let board: RunningBoard
beforeAll(async () => {
  board = await startBoard()
})
afterAll(() => board[Symbol.asyncDispose]())

interface Frame {
  readonly id?: number
  readonly joined?: unknown
  readonly message?: { readonly person_id?: string; readonly personId?: string }
  readonly error?: { readonly code: string }
}

/** A socket of somebody who is signed in; `next` is the next frame about id 1 that `isMeant`. */
async function connect(personId: number) {
  const answer = await fetch(`${board.url}/api/mizan/call/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fn: 'sign_in', args: { person_id: personId } }),
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  // cast: Node's WebSocket takes headers, which that of browsers does not.
  const options = { headers: { cookie, origin: board.url } } as unknown as string[]
  const socket = new WebSocket(`${board.url.replace('http', 'ws')}/api/mizan/live/`, options)
  const frames: Frame[] = []
  const waiting = new Set<() => void>()
  socket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame) // cast: a frame of the server
    for (const check of waiting) check()
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  return {
    send: (frame: unknown) => socket.send(JSON.stringify(frame)),
    next: (isMeant: (frame: Frame) => boolean) =>
      new Promise<Frame>((resolve) => {
        const check = (): void => {
          const frame = frames.find(isMeant)
          if (frame === undefined) return
          waiting.delete(check)
          resolve(frame)
        }
        waiting.add(check)
        check()
      }),
    [Symbol.dispose]: () => socket.close(),
  }
}

const join = { id: 1, join: { channel: 'task', params: { task_id: 1 } } }

test('only who may see a task may join its channel', async () => {
  using stranger = await connect(hiro)
  stranger.send(join)
  expect(await stranger.next(({ error }) => error !== undefined)).toMatchObject({
    id: 1,
    error: { code: 'FORBIDDEN' },
  })
})

test('nobody points in the name of another, nor outside', async () => {
  using one = await connect(bela)
  using other = await connect(ada)
  for (const socket of [one, other]) {
    socket.send(join)
    await socket.next(({ joined }) => joined !== undefined)
  }
  one.send({ id: 1, send: { personId: String(ada), isTyping: false, at: { x: 9, y: 0 } } })
  one.send({ id: 1, send: { personId: String(ada), isTyping: true } })
  const { message } = await other.next((frame) => frame.message !== undefined)
  expect(message).toEqual({ personId: String(bela), isTyping: true })
})
