/** A real app, and a network whose every message arrives when a scheduler lets it. */

import type { Scheduler } from 'fast-check'

import type { ProtocolRequest, ProtocolSocket } from '@mizan/protocol'
import type { App } from '@mizan/server'
import { createCaller } from '@mizan/testing'

import type { LiveSocket } from '../../src/layers/live/connection.ts'

/** One browser's way to the server: its cookies, its requests, its sockets. */
export interface Network {
  readonly fetch: typeof fetch
  readonly open: () => LiveSocket
  /** Reads on their way, by URL; a read that was given up is not. */
  readonly reading: ReadonlyMap<string, number>
  /** The most reads of one URL that were ever on their way together. */
  readonly mostReads: () => number
  /** What the server answers this browser now, past the scheduler. */
  truth(context: string, params: Readonly<Record<string, unknown>>): Promise<unknown>
  /** Settles when no request is with the server. */
  idle(): Promise<void>
}

/** How the network behaves. */
export interface NetworkOptions {
  readonly app: App
  readonly scheduler: Scheduler
  /** A request that is given up still reaches who asked, as where nothing can be aborted. */
  readonly ignoresAbort: boolean
}

/** Makes the network of one browser. */
export function scheduledNetwork({ app, scheduler, ignoresAbort }: NetworkOptions): Network {
  const caller = createCaller(app)
  const reading = new Map<string, number>()
  let most = 0
  let cookie: string | undefined
  const busy = new Set<Promise<unknown>>()

  function begin(url: string): () => void {
    reading.set(url, (reading.get(url) ?? 0) + 1)
    most = Math.max(most, reading.get(url) ?? 0)
    let isOver = false
    return () => {
      if (!isOver) reading.set(url, (reading.get(url) ?? 1) - 1)
      isOver = true
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.catch(() => undefined).then(() => busy.delete(settled))
    busy.add(settled)
    return work
  }

  async function travel(url: string, init: RequestInit | undefined): Promise<Response> {
    const label = `${init?.method} ${url} ${typeof init?.body === 'string' ? init.body : ''}`
    await scheduler.schedule(Promise.resolve(), `to server: ${label}`)
    const response = await track(caller.fetch(url, { ...init, signal: null }))
    for (const line of response.headers.getSetCookie()) cookie = line.split(';')[0]
    // Read to its end now, so that nothing arrives but when the scheduler says.
    const text = await response.text()
    await scheduler.schedule(Promise.resolve(), `to page: ${label}`)
    const isEmpty = response.status === 304
    return new Response(isEmpty ? null : text, response)
  }

  return {
    reading,
    mostReads: () => most,
    async fetch(input, init) {
      const url = String(input)
      const end = init?.method === 'GET' ? begin(url) : () => undefined
      const { signal } = init ?? {}
      const response = travel(url, init).finally(end)
      signal?.addEventListener('abort', end)
      if (!signal || ignoresAbort) return response
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        if (signal.aborted) reject(signal.reason)
      })
      return Promise.race([response, aborted])
    },
    open: () => openSocket(app, scheduler, () => cookie),
    truth: (context, params) => caller.fetchContext(context, params),
    async idle() {
      while (busy.size > 0) await Promise.all(busy)
    },
  }
}

/** Frames of each direction arrive in their order. */
function openSocket(app: App, scheduler: Scheduler, cookie: () => string | undefined): LiveSocket {
  let isOpen = true
  let toServer = Promise.resolve()
  let toPage = Promise.resolve()
  const leaving = new AbortController()
  const arrive = (): Promise<void> => scheduler.schedule(Promise.resolve(), 'a frame')
  const page: LiveSocket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(text) {
      toServer = toServer.then(arrive).then(() => (isOpen ? server.onMessage(text) : undefined))
    },
    close: () => end(1000),
  }
  const server: ProtocolSocket = {
    buffered: 0,
    onMessage: () => undefined,
    onClose: () => undefined,
    send(text) {
      toPage = toPage.then(arrive).then(() => {
        if (isOpen) page.onmessage?.(new MessageEvent('message', { data: text }))
      })
    },
    close: (code) => void toPage.then(() => end(code)),
  }

  function end(code: number): void {
    if (!isOpen) return
    isOpen = false
    leaving.abort()
    server.onClose(code)
    // cast: all that is looked at of a CloseEvent, which Node has since version 23 only.
    page.onclose?.({ code } as CloseEvent)
  }

  async function connect(): Promise<void> {
    await scheduler.schedule(Promise.resolve(), 'a connection')
    if (!isOpen) return
    const held = cookie()
    const request: ProtocolRequest = {
      method: 'GET',
      path: `${app.base}/live/`,
      query: '',
      headers: { ...(held === undefined ? {} : { cookie: held }) },
      body: null,
      upgradable: true,
      signal: leaving.signal,
    }
    await app.connect(request, server)
    page.onopen?.(new Event('open'))
  }
  toServer = toServer.then(connect)
  return page
}
