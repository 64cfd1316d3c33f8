/** Every live connection of one app in one process: who is told what, and when they end. */

import { closeCodes, MizanError, type ProtocolRequest, type ProtocolSocket } from '@mizan/protocol'
import type { ChannelRegistry, Outgoing } from '../channels/channel-registry.ts'
import { Rooms } from '../channels/rooms.ts'
import type { Engine } from '../dispatch/engine.ts'
import { assertSameOrigin } from '../identity/index.ts'
import type { Exchange } from '../scope.ts'
import { SessionEnded } from './caller.ts'
import { Connection, type Shown } from './connection.ts'
import type { FeedSink } from './feed.ts'
import type { LiveBus } from './live-bus.ts'
import type { LiveSettings } from './live-options.ts'
import { type Invalidation, type Reached, Subscriptions } from './subscriptions.ts'

/** What a hub is made of. */
export interface HubOptions {
  /** Complete once the app is. */
  readonly engine: () => Engine
  readonly bus: LiveBus
  readonly channels: ChannelRegistry
  readonly settings: LiveSettings
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Counts work in flight until it settles. */
  readonly track: <T>(run: () => Promise<T>) => Promise<T>
}

/** How much there is; all zero once everybody has left. */
export interface LiveCounts {
  readonly connections: number
  readonly subscriptions: number
  readonly joins: number
  readonly rooms: number
}

/** The live side of one app. */
export class Hub implements FeedSink {
  readonly bus: LiveBus
  readonly channels: ChannelRegistry
  readonly clock: () => number
  readonly limits: LiveSettings['limits']
  readonly track: HubOptions['track']
  readonly rooms: Rooms
  readonly subscriptions: Subscriptions<Shown> = new Subscriptions()
  /** Whose call it was: its answer says what it invalidated. */
  readonly originOf: WeakMap<Exchange, Connection> = new WeakMap()
  /** Seconds after which somebody who says nothing counts as gone. */
  readonly presenceTtl: number
  readonly #engine: () => Engine
  readonly #heartbeat: number
  readonly #connections = new Set<Connection>()
  #timer: ReturnType<typeof setInterval> | undefined
  #isClosing = false

  constructor({ engine, bus, channels, settings, clock, track }: HubOptions) {
    this.#engine = engine
    this.#heartbeat = settings.heartbeat
    this.bus = bus
    this.channels = channels
    this.clock = clock
    this.limits = settings.limits
    this.track = track
    this.rooms = new Rooms(bus)
    this.presenceTtl = Math.max(5, Math.ceil((settings.heartbeat * 3) / 1000))
  }

  get counts(): LiveCounts {
    let joins = 0
    for (const connection of this.#connections) joins += connection.joins
    const { size: connections } = this.#connections
    return { connections, joins, subscriptions: this.subscriptions.size, rooms: this.rooms.size }
  }

  /** Takes a socket that was upgraded; what is wrong with it is said by the code with which it closes. */
  async connect(request: ProtocolRequest, socket: ProtocolSocket): Promise<void> {
    try {
      // Once more, as whoever upgraded may not have asked.
      assertSameOrigin(request, this.#engine().origins)
    } catch {
      socket.close(closeCodes.forbidden, 'another origin')
      return
    }
    await this.admit(request, socket)
  }

  /** The same for what needs no look at its origin; gives the connection unless it was closed. */
  async admit(request: ProtocolRequest, socket: ProtocolSocket): Promise<Connection | undefined> {
    if (this.#isClosing) {
      socket.close(closeCodes.goingAway, 'the server is shutting down')
      return undefined
    }
    if (this.#connections.size >= this.limits.connections) {
      socket.close(closeCodes.full, 'the server is full')
      return undefined
    }
    const connection = new Connection({ engine: this.#engine(), hub: this, request, socket })
    this.#connections.add(connection)
    this.#timer ??= this.#startHeartbeat()
    socket.onMessage = (text) => connection.receive(text)
    socket.onClose = () => connection.end()
    try {
      await connection.open()
      return this.#connections.has(connection) ? connection : undefined
    } catch (error) {
      if (error instanceof SessionEnded)
        connection.close(closeCodes.sessionEnded, 'the credentials are not valid')
      else connection.close(closeCodes.full, 'nobody can tell now who this is')
      return undefined
    }
  }

  remove(connection: Connection): void {
    this.#connections.delete(connection)
    this.streams.delete(connection)
    if (this.#connections.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  deliver(invalidation: Invalidation, origin: unknown): void {
    const reached = this.subscriptions.reachedBy(invalidation)
    const byConnection = new Map<Connection, Map<Shown, Reached>>()
    for (const [subscription, reasons] of reached) {
      this.subscriptions.expire(subscription)
      const own = byConnection.get(subscription.owner) ?? new Map()
      byConnection.set(
        subscription.owner,
        own.set(subscription, { ...reasons, call: invalidation.call }),
      )
    }
    const knows = this.originOf.get(origin as Exchange) // cast: anything may be looked up; only exchanges are found
    for (const [connection, own] of byConnection) {
      if (connection === knows) connection.readAgain([...own.keys()])
      else connection.stale(own)
    }
  }

  ended(session: string): void {
    for (const connection of this.#connections)
      if (connection.session === session) void connection.check()
  }

  resync(): void {
    for (const connection of this.#connections) connection.resync()
  }

  /**
   * Publishes a message of a channel to every process.
   *
   * @throws MizanError `UNAVAILABLE` without the bus
   */
  async publish({ entry, topic, text }: Outgoing): Promise<void> {
    const { history = 0, keep = 86_400 } = entry.options
    try {
      await this.bus.append(topic, text, { count: history, ttl: keep })
    } catch (cause) {
      throw new MizanError('UNAVAILABLE', 'the live bus does not answer', { cause })
    }
  }

  /** A stream of events counts as a request in flight; it would never end by itself. */
  readonly streams: Set<Connection> = new Set()

  /** Nobody else is taken, and streams of events are ended. */
  stopAccepting(): void {
    this.#isClosing = true
    for (const connection of this.streams)
      connection.close(closeCodes.goingAway, 'the server is shutting down')
  }

  /** Everybody is sent away. */
  close(): void {
    this.stopAccepting()
    for (const connection of this.#connections)
      connection.close(closeCodes.goingAway, 'the server is shutting down')
  }

  #startHeartbeat(): ReturnType<typeof setInterval> {
    let isBeating = false
    const beat = async (): Promise<void> => {
      await Promise.all([...this.#connections].map((connection) => connection.check()))
      await this.rooms.refresh()
    }
    const timer = setInterval(() => {
      // A slow store must not be asked again before it has answered.
      if (isBeating) return
      isBeating = true
      void beat()
        .catch(() => undefined) // the bus is out of reach; the next beat looks again
        .finally(() => (isBeating = false))
    }, this.#heartbeat)
    timer.unref()
    return timer
  }
}
