/** `POST events/` gives a one-time ticket, `GET events/?ticket=…` the server-sent events that it stands for. */

import { MizanError, type ProtocolRequest, type ProtocolResponse } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { EventStream } from '../live/event-stream.ts'
import type { Limits } from '../limits.ts'
import { type Frame, parseFrame } from '../live/frame.ts'
import { Tickets, ticketTtl } from '../live/tickets.ts'
import { headerOf } from '../request-view.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { changeRequest } from './change-request.ts'
import type { Incoming } from './handler.ts'
import { readJson } from './read-json.ts'
import { respondJson } from './respond.ts'

/** Credentials: what else the request says is of the stream's own request. */
const keptHeaders = ['authorization', 'cookie', 'host', 'origin', 'x-mizan-token'] as const

/** Milliseconds between two signs of life; a third of what proxies usually wait for. */
const keepAliveEvery = 20_000

interface Stub {
  readonly headers: Readonly<Record<string, string>>
  /** Frames with `subscribe` or `join`. */
  readonly frames: readonly unknown[]
}

/**
 * The body is a list of frames with `subscribe` or `join`; the answer is `{"ticket", "expires"}`, seconds.
 *
 * @throws MizanError `FORBIDDEN`, `BAD_REQUEST`
 */
export async function handleTicket(engine: Engine, incoming: Incoming): Promise<ProtocolResponse> {
  assertUnsafeAllowed(engine, incoming)
  const frames = await readJson(incoming, engine.limits)
  if (!Array.isArray(frames)) throw new MizanError('BAD_REQUEST', 'send a list of frames')
  if (frames.length > engine.live.hub.limits.subscriptions + engine.live.hub.limits.joins)
    throw new MizanError('PAYLOAD_TOO_LARGE', 'too many frames')
  for (const frame of frames) assertFollowing(frame, engine.limits)
  const headers = keptHeaders.flatMap((name): [string, string][] => {
    const value = headerOf(incoming.request, name)
    return value === undefined ? [] : [[name, value]]
  })
  const stub: Stub = { headers: Object.fromEntries(headers), frames }
  const ticket = await available(new Tickets(engine.live.bus).issue(JSON.stringify(stub)))
  return respondJson(200, JSON.stringify({ expires: ticketTtl, ticket }))
}

/**
 * Streams what a socket would push. A browser that comes back by itself sends the ticket of the last event, and is told
 * `resync` first.
 *
 * @throws MizanError `UNAUTHORIZED` for a ticket that is none, or was used
 */
export async function handleEvents(
  engine: Engine,
  { request }: Pick<Incoming, 'request'>,
): Promise<ProtocolResponse> {
  const tickets = new Tickets(engine.live.bus)
  const returning = headerOf(request, 'last-event-id')
  const ticket = returning ?? new URLSearchParams(request.query).get('ticket') ?? ''
  const text = await available(tickets.redeem(ticket))
  if (text === undefined)
    throw new MizanError('UNAUTHORIZED', 'this ticket is none, or was used: POST events/ gives one')
  const stub = JSON.parse(text) as Stub // cast: sealed by handleTicket
  const stream = new EventStream()
  const connection = await engine.live.hub.admit(withCredentials(request, stub), stream)
  const response = respondStream(stream)
  if (connection === undefined) return response
  engine.live.hub.streams.add(connection)
  const next = await available(tickets.issue(text))
  stream.identify(next)
  if (returning !== undefined) stream.send('{"resync":true}')
  for (const frame of stub.frames) connection.handle(assertFollowing(frame, engine.limits))
  keepAlive(stream, () => tickets.keep(next, text))
  request.signal.addEventListener('abort', () => stream.leave(), { once: true })
  if (request.signal.aborted) stream.leave()
  return response
}

function assertFollowing(frame: unknown, limits: Required<Limits>): Frame {
  const parsed = parseFrame(JSON.stringify(frame) ?? '', limits)
  if (parsed.kind === 'subscribe' || parsed.kind === 'join') return parsed
  throw new MizanError('BAD_REQUEST', 'events are for subscribe and join')
}

function withCredentials(request: ProtocolRequest, stub: Stub): ProtocolRequest {
  const others = Object.entries(request.headers).filter(
    ([name]) => !keptHeaders.some((kept) => kept === name),
  )
  return changeRequest(request, { headers: { ...Object.fromEntries(others), ...stub.headers } })
}

function respondStream(stream: EventStream): ProtocolResponse {
  return {
    status: 200,
    headers: [
      ['content-type', 'text/event-stream'],
      ['cache-control', 'no-store'],
      ['x-content-type-options', 'nosniff'],
      ['x-accel-buffering', 'no'],
    ],
    body: stream,
  }
}

/** Each sign of life also keeps the ticket for coming back. */
function keepAlive(stream: EventStream, keep: () => Promise<void>): void {
  const timer = setInterval(() => {
    stream.keepAlive()
    keep().catch(() => undefined) // out of reach; who comes back then asks for another ticket
  }, keepAliveEvery)
  timer.unref()
  const ended = stream.onClose
  stream.onClose = (code) => {
    clearInterval(timer)
    ended(code)
  }
}

async function available<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    throw new MizanError('UNAVAILABLE', 'the live bus does not answer', { cause })
  }
}
