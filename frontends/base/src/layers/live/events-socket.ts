/** Server-sent events in the form of a socket: what is followed is said anew, with a ticket, whenever it changes. */

import { closeCodes, parseObject } from '@mizan/protocol'

import type { LiveSocket } from './connection.ts'

/** What a client sends that a stream of events stands for. */
interface FollowFrame {
  readonly id?: string | number
  readonly auth?: string | null
  readonly subscribe?: unknown
  readonly join?: unknown
  readonly unsubscribe?: true
  readonly leave?: true
}

/**
 * Opens at once and asks for a stream when something is followed.
 *
 * @param url of the socket; the events are beside it
 */
export function openEvents(url: string, send: typeof fetch): LiveSocket {
  const address = url.replace(/^ws/, 'http').replace(/live\/?$/, 'events/')
  const followed = new Map<unknown, FollowFrame>()
  let token: string | null | undefined
  let isPlanned = false
  let isClosed = false
  let stream: AbortController | undefined

  function plan(): void {
    if (isPlanned) return
    isPlanned = true
    // All that a page shows at once is one stream.
    queueMicrotask(() => {
      isPlanned = false
      if (!isClosed) void follow()
    })
  }

  async function follow(): Promise<void> {
    const before = stream
    const own = (stream = new AbortController())
    // Until the next one is there the old one is listened to.
    const over = (): void => before?.abort()
    if (followed.size === 0) return over()
    const { signal } = own
    const authorization = token == null ? undefined : { authorization: `Bearer ${token}` }
    try {
      const asked = await send(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify([...followed.values()]),
        credentials: 'same-origin',
        signal,
      })
      const ticket = parseObject(await asked.text())?.['ticket']
      if (!asked.ok) return end(asked.status === 401 ? closeCodes.sessionEnded : closeCodes.full)
      const query = `?ticket=${encodeURIComponent(String(ticket))}`
      const answer = await send(address + query, { credentials: 'same-origin', signal })
      over()
      if (!answer.ok || !answer.body) return end(closeCodes.full)
      await listen(answer.body)
      if (own === stream) end(1006)
    } catch {
      over()
      if (own === stream) end(1006)
    }
  }

  async function listen(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader()
    const decoder = new TextDecoder()
    let rest = ''
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const events = (rest + decoder.decode(chunk.value, { stream: true })).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) take(event)
    }
  }

  function take(event: string): void {
    const lines = event.split('\n')
    const data = lines.find((line) => line.startsWith('data: '))?.slice(6)
    if (data === undefined || isClosed) return
    const code = parseObject(data)?.['code']
    if (lines.includes('event: close')) end(typeof code === 'number' ? code : 1006)
    // What only carries an id is for an EventSource.
    else if (data !== '{}') socket.onmessage?.(new MessageEvent('message', { data }))
  }

  function end(code: number): void {
    if (isClosed) return
    isClosed = true
    stream?.abort()
    // cast: all that is looked at of a CloseEvent, which Node has since version 23 only.
    socket.onclose?.({ code } as CloseEvent)
  }

  const socket: LiveSocket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(text) {
      // cast: what connections send.
      const frame = (parseObject(text) ?? {}) as FollowFrame
      if (frame.auth !== undefined) token = frame.auth
      else if (frame.subscribe ?? frame.join) followed.set(frame.id, frame)
      else if (frame.unsubscribe ?? frame.leave) followed.delete(frame.id)
      else return
      plan()
    },
    close: (code = 1000) => end(code),
  }
  queueMicrotask(() => isClosed || socket.onopen?.(new Event('open')))
  return socket
}
