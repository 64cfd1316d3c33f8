/** Where no WebSocket gets through, server-sent events bring the same (PROTOCOL section 10). */

import { closeCodes } from '@mizan/protocol'

import type { LiveSocket } from './connection.ts'
import { openEvents } from './events-socket.ts'

/** Options of {@link socketOrEvents}. */
export interface SocketOrEventsOptions {
  /** @default WebSocket */
  readonly open?: (url: string) => LiveSocket
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch
}

/**
 * For `live({ open: socketOrEvents() })`: a socket; after one that never opened, events; after events that never came, a
 * socket again. Over events channels are heard, and nothing can be sent to them.
 */
export function socketOrEvents({
  open = (url) => new WebSocket(url),
  fetch: send = (input, init) => fetch(input, init),
}: SocketOrEventsOptions = {}): (url: string) => LiveSocket {
  let usesEvents = false
  return (url) => {
    const isEvents = usesEvents
    const inner = isEvents ? openEvents(url, send) : open(url)
    let hasArrived = false
    const outer: LiveSocket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => inner.send(text),
      close: (code) => inner.close(code),
    }
    inner.onopen = (event) => {
      // Events are asked for later: they have arrived when the first one has.
      hasArrived ||= !isEvents
      outer.onopen?.(event)
    }
    inner.onmessage = (event) => {
      hasArrived = true
      outer.onmessage?.(event)
    }
    inner.onerror = (event) => outer.onerror?.(event)
    inner.onclose = (event) => {
      const isWelcome = event.code !== closeCodes.forbidden
      if (!hasArrived && isWelcome) usesEvents = !isEvents
      outer.onclose?.(event)
    }
    return outer
  }
}
