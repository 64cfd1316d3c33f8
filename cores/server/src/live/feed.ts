/** What ended mutations invalidated, told to every process. */

import { randomUUID } from 'node:crypto'
import { fromTargetBody, type Target, toTargetBody } from '@mizan/protocol'
import type { Logger } from '../logger.ts'
import type { LiveBus } from './live-bus.ts'
import type { Invalidation } from './subscriptions.ts'

/** An invalidation, and the connection that knows of it already. */
export interface Published extends Invalidation {
  readonly origin?: unknown
}

/** Where a feed leads. */
export interface FeedSink {
  deliver(invalidation: Invalidation, origin: unknown): void
  /** Somebody signed out: whoever is connected with this session is to be looked at. */
  ended(session: string): void
  /** Part of the feed is lost. */
  resync(): void
}

/** The feed of one app in one process. */
export interface Feed {
  /** Tells this process at once and the others soon; never throws. */
  publish(published: Published): void
  sessionEnded(session: string): void
  start(): Promise<void>
  close(): void
}

/** What a feed is made of. */
export interface FeedOptions {
  readonly bus: LiveBus
  readonly sink: FeedSink
  readonly logger: () => Logger
}

const topic = 'feed'

/** Milliseconds between attempts to tell others that they have missed something. */
const retryAfter = 500

/** Sends what happened here under a name of this process, so that it is not told twice. */
export function createFeed({ bus, sink, logger }: FeedOptions): Feed {
  const self = randomUUID()
  let retry: ReturnType<typeof setTimeout> | undefined
  let stop: (() => void) | undefined
  let closed = false

  const send = (message: Readonly<Record<string, unknown>>): void => {
    bus.publish(topic, JSON.stringify({ from: self, ...message })).catch((error: unknown) => {
      if (retry === undefined) logger().warn({ error }, 'the live bus is out of reach')
      owe()
    })
  }
  /** Others have missed something, and nobody but us knows. */
  const owe = (): void => {
    if (closed || retry !== undefined) return
    retry = setTimeout(() => {
      bus.publish(topic, JSON.stringify({ from: self, resync: true })).then(
        () => (retry = undefined),
        () => {
          retry = undefined
          owe()
        },
      )
    }, retryAfter)
    retry.unref()
  }
  const receive = (text: string): void => {
    const message = parse(text)
    if (message === undefined || message['from'] === self) return
    if (message['resync'] === true) return sink.resync()
    if (typeof message['ended'] === 'string') return sink.ended(message['ended'])
    const call = typeof message['call'] === 'string' ? message['call'] : undefined
    const invalidation = {
      targets: targetsOf(message['targets']),
      writes: textsOf(message['writes']),
      call,
    }
    sink.deliver(invalidation, undefined)
  }
  return {
    publish({ targets, writes, origin, call }) {
      if (targets.length === 0 && writes.length === 0) return
      sink.deliver({ targets, writes, call }, origin)
      send({ targets: targets.map(toTargetBody), writes, call })
    },
    sessionEnded(session) {
      sink.ended(session)
      send({ ended: session })
    },
    async start() {
      stop = await bus.follow(topic, { onMessage: receive, onLost: () => sink.resync() })
      if (closed) stop()
    },
    close() {
      closed = true
      clearTimeout(retry)
      stop?.()
    },
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>) // cast: checked to be an object
      : undefined
  } catch {
    return undefined
  }
}

function targetsOf(value: unknown): Target[] {
  return Array.isArray(value) ? value.flatMap((body: unknown) => fromTargetBody(body) ?? []) : []
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
