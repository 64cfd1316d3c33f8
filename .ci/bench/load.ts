/** A load generator that costs little itself: keep-alive sockets in a thread of their own, bytes prepared once. */

import { connect, type Socket } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** What to send, where and for how long. */
export interface Load {
  readonly port: number
  /** One whole HTTP/1.1 request. */
  readonly request: string
  readonly connections: number
  readonly milliseconds: number
  /** What every answer has to hold. */
  readonly holds?: string
}

/** Requests answered in a second, all connections together. An answer that is not 200, or not the one, ends the measurement. */
export function requestsPerSecond(load: Load): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: load })
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}

if (!isMainThread) {
  // cast: only requestsPerSecond starts this thread
  const load = workerData as Load
  const started = performance.now()
  const until = started + load.milliseconds
  // A thread that sleeps between answers has to be woken by the server's write, which costs the server as much as a
  // small call does, and only where both share a machine. This one never sleeps.
  let isOver = false
  const stayAwake = (): void => {
    if (!isOver) setImmediate(stayAwake)
  }
  stayAwake()
  const counts = await Promise.all(
    Array.from({ length: load.connections }, () => answersOf(load, until)),
  )
  isOver = true
  const answered = counts.reduce((sum, count) => sum + count, 0)
  parentPort?.postMessage((answered * 1000) / (performance.now() - started))
}

/** Sends the request again and again on one socket; the number of answers. */
function answersOf({ port, request, holds = '' }: Load, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(request))
    let received = ''
    let answers = 0
    socket.setNoDelay(true).setEncoding('latin1')
    socket.on('error', reject)
    socket.on('data', (text) => {
      received += text
      const head = received.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1])
      const isWhole = Number.isNaN(length)
        ? received.endsWith('\r\n0\r\n\r\n')
        : received.length >= head + 4 + length
      if (isWhole && !(received.startsWith('HTTP/1.1 200') && received.includes(holds))) {
        socket.destroy()
        reject(new Error(`not an answer to measure: ${received.slice(0, 200)}`))
      } else if (isWhole) {
        received = ''
        answers++
        if (performance.now() < until) socket.write(request)
        else socket.end(() => resolve(answers))
      }
    })
  })
}
