import { expect, it } from 'vitest'

import {
  enter,
  globalContext,
  type LiveServer,
  liveServer,
  rename,
  taskContext,
} from '../../../test/live-server.ts'
import { watch } from '../../../test/until.ts'
import { createKernel, type Kernel } from '../../kernel.ts'
import type { LiveSocket } from './connection.ts'
import { live } from './live.ts'

/** A page with a socket whose frames are noted. */
interface Page extends Disposable {
  readonly kernel: Kernel
  readonly sent: Record<string, unknown>[]
  readonly received: Record<string, unknown>[]
  readonly delays: number[]
  /** Settles when a frame came that `isMet` accepts. */
  heard(isMet: (frame: Record<string, unknown>) => boolean): Promise<void>
}

function openPage({ origin, url }: LiveServer): Page {
  const sent: Record<string, unknown>[] = []
  const received: Record<string, unknown>[] = []
  const delays: number[] = []
  const waiting = new Set<() => void>()
  const open = (to: string): LiveSocket => {
    const socket = new WebSocket(to)
    const send = socket.send.bind(socket)
    socket.send = (text) => {
      sent.push(JSON.parse(String(text)))
      send(text)
    }
    socket.addEventListener('message', ({ data }) => {
      received.push(JSON.parse(String(data)))
      for (const check of waiting) check()
    })
    return socket
  }
  const layer = live({ url, open, delay: (n) => (delays.push(n), 1) })
  const cookies = new Map<string, string>()
  const kernel = createKernel({ origin, fetch: withCookies(cookies) }, layer)
  return {
    kernel,
    sent,
    received,
    delays,
    heard: (isMet) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!received.some(isMet)) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    [Symbol.dispose]: () => layer.close(),
  }
}

function withCookies(cookies: Map<string, string>): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    if (cookies.size > 0)
      headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '))
    const response = await fetch(input, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      cookies.set(name, value)
    }
    return response
  }
}

const isAnswer = (frame: Record<string, unknown>): boolean => 'result' in frame || 'data' in frame

it('what somebody else changed is asked for again where it is shown, and nowhere else', async () => {
  await using server = await liveServer()
  using here = openPage(server)
  using there = openPage(server)
  using five = watch(there.kernel, taskContext, { taskId: 5 })
  using six = watch(there.kernel, taskContext, { taskId: 6 })
  await Promise.all([five.settled(), six.settled()])
  await there.heard(({ id }) => id === 2)
  server.log.length = 0

  await here.kernel.call(rename, { taskId: 5, title: 'Changed' })
  await five.until(({ data }) => data?.taskTitle === 'Changed')
  expect(server.log).toEqual(['POST call', 'GET task?task_id=5'])
})

it('who changed it hears of it by the answer, and does not ask twice', async () => {
  await using server = await liveServer()
  using here = openPage(server)
  using there = openPage(server)
  using task = watch(here.kernel, taskContext, { taskId: 5 })
  using other = watch(there.kernel, taskContext, { taskId: 5 })
  await Promise.all([task.settled(), other.settled()])
  await Promise.all([here.heard(isAnswer), there.heard(isAnswer)])
  server.log.length = 0

  await here.kernel.call(rename, { taskId: 5, title: 'Once' })
  await here.heard((frame) => 'invalidate' in frame)
  await other.until(({ data }) => data?.taskTitle === 'Once')
  await task.settled()
  expect(server.log.toSorted()).toEqual(['GET task?task_id=5', 'GET task?task_id=5', 'POST call'])
})

it('what was changed while the connection was lost is made up for when it is back', async () => {
  await using server = await liveServer()
  using page = openPage(server)
  using task = watch(page.kernel, taskContext, { taskId: 5 })
  await task.settled()
  await page.heard(isAnswer)
  page.received.length = 0

  const accept = server.refuse()
  server.cut()
  server.titles.set(5, 'Changed meanwhile')
  await expect.poll(() => page.delays.length).toBeGreaterThan(2)
  expect(page.delays.slice(0, 3)).toEqual([1, 2, 3])
  accept()
  await task.until(({ data }) => data?.taskTitle === 'Changed meanwhile')
  expect(server.log).toEqual(['GET task?task_id=5'])
})

it('what is not shown any more is unsubscribed, and one instance is subscribed to once', async () => {
  await using server = await liveServer()
  using page = openPage(server)
  const first = watch(page.kernel, taskContext, { taskId: 5 })
  using second = watch(page.kernel, taskContext, { taskId: 5 })
  await second.settled()
  await page.heard(isAnswer)
  first[Symbol.dispose]()
  using six = watch(page.kernel, taskContext, { taskId: 6 })
  await six.settled()
  await page.heard(({ id }) => id === 2)
  second[Symbol.dispose]()
  await expect.poll(() => page.sent.at(-1)).toEqual({ id: 1, unsubscribe: true })
  expect(page.sent.map((frame) => Object.keys(frame).at(-1))).toEqual([
    'subscribe',
    'subscribe',
    'unsubscribe',
  ])
})

it('who signs in connects again as themselves', async () => {
  await using server = await liveServer()
  using page = openPage(server)
  using global = watch(page.kernel, globalContext, {})
  await global.settled()
  await page.heard(isAnswer)
  const before = page.sent.length
  await page.kernel.call(enter, { id: 'ada' })
  await global.until(({ data }) => data?.currentUser === 'ada')
  await expect.poll(() => page.sent.length).toBeGreaterThan(before)
  expect(page.sent.at(-1)).toMatchObject({ subscribe: { context: 'global' } })
})

it('without a socket the page works by HTTP', async () => {
  await using server = await liveServer()
  server.refuse()
  using page = openPage(server)
  using task = watch(page.kernel, taskContext, { taskId: 5 })
  expect((await task.settled()).data?.taskTitle).toBe('Task 5')
  await page.kernel.call(rename, { taskId: 5, title: 'By hand' })
  expect((await task.settled()).data?.taskTitle).toBe('By hand')
})
