/** One client of the live socket: reads its frames, keeps its subscriptions, pushes what concerns it. */

import {
  canonicalJson,
  closeCodes,
  type FrameId,
  MizanError,
  type ProtocolRequest,
  type ProtocolSocket,
  toTargetBody,
} from '@mizan/protocol'
import { Joins } from '../channels/joins.ts'
import type { Engine } from '../dispatch/engine.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import { changeRequest } from '../http/change-request.ts'
import { everythingTag } from '../dispatch/data-tag.ts'
import type { Exchange } from '../scope.ts'
import { Caller, type Look, SessionEnded } from './caller.ts'
import { errorFrame } from './error-frame.ts'
import { type Frame, FrameError, parseFrame } from './frame.ts'
import type { Hub } from './hub.ts'
import { Outbox } from './outbox.ts'
import { Rate } from './rate.ts'
import { runCall } from './run-call.ts'
import {
  guardContext,
  type Instance,
  type InstanceRead,
  readInstance,
  toInstance,
} from './read-instance.ts'
import type { Reached, Subscription } from './subscriptions.ts'

/** What the hub gives its connections. */
export interface ConnectionOptions {
  readonly engine: Engine
  readonly hub: Hub
  readonly request: ProtocolRequest
  readonly socket: ProtocolSocket
}

/** More reasons are told as one. */
const maximumReasons = 100

/** A subscription, and how it is read. */
export interface Shown extends Subscription, Instance {
  readonly owner: Connection
}

/** One connection, from its upgrade to its end. */
export class Connection {
  readonly #engine: Engine
  readonly #hub: Hub
  readonly #upgrade: ProtocolRequest
  readonly #caller: Caller
  readonly #outbox: Outbox
  readonly #rate: Rate
  readonly #joins: Joins
  readonly #left = new AbortController()
  readonly #subscriptions = new Map<FrameId, Shown>()
  /** Reasons that wait for the look before the push. */
  #stale = new Map<Shown, Reached[]>()
  #running = 0
  /** Frames after an `auth` frame are answered as whom it names. */
  #authenticated: Promise<unknown> = Promise.resolve()
  #sent: Promise<unknown> = Promise.resolve()
  /** As the last look found it. */
  #exchange: Exchange | undefined
  /** A push was lost because nobody could tell whether the session lives. */
  #owesResync = false

  constructor({ engine, hub, request, socket }: ConnectionOptions) {
    this.#engine = engine
    this.#hub = hub
    this.#upgrade = changeRequest(request, { signal: this.#left.signal })
    this.#caller = new Caller(engine, this.#upgrade)
    this.#rate = new Rate(hub.limits.rate, hub.clock)
    this.#outbox = new Outbox({
      socket,
      buffered: hub.limits.buffered,
      look: () => this.#lookBeforePush(),
      onClose: () => this.end(),
    })
    this.#joins = new Joins({
      hub,
      limit: hub.limits.joins,
      send: (frame) => this.#outbox.send(frame),
      push: (push) => this.#outbox.push(push),
    })
  }

  /** Of the session that was last seen. */
  get session(): string | undefined {
    return this.#caller.session
  }

  get joins(): number {
    return this.#joins.size
  }

  /** Finds out who it is. @throws MizanError */
  async open(): Promise<void> {
    const first = this.#caller.look()
    // Frames may come before it is known; they wait.
    this.#authenticated = first.catch(() => undefined)
    await first
  }

  /** A frame of the client; never throws. */
  receive(text: string): void {
    if (this.#outbox.isClosed) return
    if (Buffer.byteLength(text) > this.#hub.limits.frame) {
      this.close(closeCodes.tooLarge, 'the frame is too large')
      return
    }
    const verdict = this.#rate.take()
    if (verdict === 'close') {
      this.close(closeCodes.rateLimited, 'too many frames')
      return
    }
    try {
      const frame = parseFrame(text, this.#engine.limits)
      if (verdict === 'refuse')
        this.#fail(frame.id, new MizanError('RATE_LIMITED', 'too many frames'))
      else this.handle(frame)
    } catch (error) {
      this.#fail(error instanceof FrameError ? error.frame : undefined, error)
    }
  }

  /** Does what a frame asks for. */
  handle(frame: Frame): void {
    if (frame.kind !== 'send') {
      this.#hub
        .track(() => this.#answer(frame))
        .catch((error: unknown) => this.#fail(frame.id, error))
      return
    }
    // In the order in which they were sent, however long each takes to check.
    this.#sent = this.#hub
      .track(() => this.#sent.then(() => this.#answer(frame)))
      .catch((error: unknown) => this.#fail(frame.id, error, ',"send":true'))
  }

  /** Subscriptions of this connection went stale. */
  stale(reached: ReadonlyMap<Shown, Reached>): void {
    if (this.#outbox.isClosed) return
    const isFirst = this.#stale.size === 0
    for (const [subscription, reasons] of reached) {
      const known = this.#stale.get(subscription) ?? []
      // However long nobody can tell whether the session lives: as a whole it is stale for every reason.
      if (known.length >= maximumReasons) known.splice(0, known.length, { targets: [], tags: [] })
      this.#stale.set(subscription, [...known, reasons])
    }
    if (isFirst) this.#outbox.push(() => this.#staleFrame())
  }

  /**
   * Learns what instances that went stale are read from now: their client asks for them anew by itself, and is to hear of
   * nothing that does not concern them.
   */
  readAgain(stale: readonly Shown[]): void {
    const exchange = this.#exchange
    if (exchange === undefined || !this.#hub.subscriptions.seesWrites) return
    for (const subscription of stale) {
      this.#hub
        .track(() => this.#read(subscription, exchange, () => undefined))
        // Unread it stays one that every write may concern.
        .catch(() => this.#hub.subscriptions.expire(subscription))
    }
  }

  /** Part of the feed is lost: whatever the client holds may be stale. */
  resync(): void {
    for (const subscription of this.#subscriptions.values())
      this.#hub.subscriptions.expire(subscription)
    this.#outbox.push(() => '{"resync":true}')
  }

  /** Looks at the session of a client that is silent, and asks the guards again. */
  async check(): Promise<void> {
    try {
      await this.#lookBeforePush(true)
    } catch {
      return // what there is to do about it was done
    }
    await this.#joins.refresh()
  }

  close(code: number, reason: string): void {
    this.#outbox.close(code, reason)
  }

  /** The client is gone: what it runs is aborted, what it follows is left. */
  end(): void {
    this.#outbox.end()
    this.#left.abort()
    for (const subscription of this.#subscriptions.values())
      this.#hub.subscriptions.remove(subscription)
    this.#subscriptions.clear()
    this.#stale.clear()
    this.#joins.end()
    this.#hub.remove(this)
  }

  async #answer(frame: Frame): Promise<void> {
    if (frame.kind === 'auth') return this.#authenticate(frame.id, frame.token)
    if (frame.kind === 'unsubscribe') return this.#unsubscribe(frame.id)
    if (frame.kind === 'leave') return this.#joins.leave(frame.id)
    if (this.#running >= this.#hub.limits.running)
      throw new MizanError('RATE_LIMITED', 'too many calls at a time')
    this.#running += 1
    try {
      await this.#authenticated
      const { exchange } = await this.#look()
      if (this.#outbox.isClosed) return
      if (frame.kind === 'call') await this.#call(frame, exchange)
      else if (frame.kind === 'subscribe') await this.#subscribe(frame, exchange)
      else if (frame.kind === 'join') await this.#joins.join(frame, exchange)
      else if (frame.kind === 'send') await this.#joins.send(frame, exchange)
    } finally {
      this.#running -= 1
    }
  }

  async #authenticate(id: FrameId | undefined, token: string | null): Promise<void> {
    const authenticating = this.#authenticated.then(() =>
      this.#caller.authenticate(token, this.#upgrade),
    )
    this.#authenticated = authenticating.catch(() => undefined)
    const { exchange, changed } = await authenticating
    this.#exchange = exchange
    if (id !== undefined) this.#outbox.send(`{"id":${JSON.stringify(id)},"result":null}`)
    if (!changed) return
    await this.#guardAgain(exchange)
    // What the client holds was for whoever asked before.
    if (this.#subscriptions.size > 0) this.resync()
  }

  async #call(frame: Frame & { kind: 'call' }, exchange: Exchange): Promise<void> {
    this.#hub.originOf.set(exchange, this)
    await runCall(this.#engine, {
      frame,
      exchange,
      signal: this.#left.signal,
      send: (text) => this.#outbox.send(text),
    })
  }

  async #subscribe(frame: Frame & { kind: 'subscribe' }, exchange: Exchange): Promise<void> {
    const { limits, subscriptions } = this.#hub
    this.#unsubscribe(frame.id)
    if (this.#subscriptions.size >= limits.subscriptions)
      throw new MizanError('RATE_LIMITED', `no more than ${limits.subscriptions} subscriptions`)
    const instance = toInstance(this.#engine, frame)
    await guardContext(instance.context, exchange)
    if (this.#outbox.isClosed) return
    // Registered before it is read: nothing falls between the answer and the first push.
    const subscription: Shown = { id: frame.id, owner: this, ...instance }
    this.#subscriptions.set(frame.id, subscription)
    subscriptions.add(subscription)
    try {
      await this.#read(subscription, exchange, (read) =>
        this.#outbox.send(read.frameFor(frame.id, frame.etag)),
      )
    } catch (error) {
      if (this.#subscriptions.get(frame.id) === subscription) this.#unsubscribe(frame.id)
      throw error
    }
  }

  /** Reads an instance; what was written meanwhile makes it stale at once. */
  async #read(
    subscription: Shown,
    exchange: Exchange,
    tell: (read: InstanceRead) => void,
  ): Promise<void> {
    const { subscriptions } = this.#hub
    subscriptions.begin(subscription)
    const run = { exchange, client: this.#left }
    const read = await readInstance(this.#engine, subscription, run)
    if (this.#subscriptions.get(subscription.id) !== subscription) return
    const missed = subscriptions.read(subscription, read.dataTags)
    tell(read)
    if (missed.length === 0) return
    subscriptions.expire(subscription)
    this.stale(new Map([[subscription, { targets: [], tags: missed }]]))
  }

  #unsubscribe(id: FrameId): void {
    const subscription = this.#subscriptions.get(id)
    if (subscription === undefined) return
    this.#subscriptions.delete(id)
    this.#stale.delete(subscription)
    this.#hub.subscriptions.remove(subscription)
  }

  #staleFrame(): string | undefined {
    const stale = this.#stale
    this.#stale = new Map()
    if (stale.size === 0) return undefined
    const targets = new Set<string>()
    const tags = new Set<string>()
    const calls = new Set<string | undefined>()
    for (const [{ context, params }, reasons] of stale) {
      for (const reason of reasons) {
        calls.add(reason.call)
        for (const target of reason.targets) targets.add(canonicalJson(toTargetBody(target)))
        for (const tag of reason.tags) if (tag !== everythingTag) tags.add(tag)
        // A client that knows no tags is told its own instance.
        const own =
          Object.keys(params).length === 0 ? context.name : { context: context.name, params }
        if (reason.targets.length === 0) targets.add(canonicalJson(own))
      }
    }
    this.readAgain([...stale.keys()])
    const changed = this.#engine.tagDigests?.ofWrites(tags) ?? []
    // Only where each cause has a name can a client tell that it knows of all of them.
    const named = calls.has(undefined) ? '' : `,"calls":${JSON.stringify([...calls])}`
    return `{"invalidate":[${[...targets].join(',')}],"changed":${JSON.stringify(changed)}${named}}`
  }

  async #look(): Promise<Look> {
    const look = await this.#caller.look()
    this.#exchange = look.exchange
    if (look.changed) await this.#guardAgain(look.exchange)
    return look
  }

  async #lookBeforePush(asksGuards = false): Promise<void> {
    try {
      const { exchange, changed } = await this.#caller.look()
      this.#exchange = exchange
      if (changed || asksGuards) await this.#guardAgain(exchange)
      if (!this.#owesResync) return
      this.#owesResync = false
      this.resync()
    } catch (error) {
      if (error instanceof SessionEnded)
        this.close(closeCodes.sessionEnded, 'the session has ended')
      // Whoever cannot be told now starts from the current state later.
      else this.#owesResync = true
      throw error
    }
  }

  /** Whoever may not read any more is told so once, and nothing else. */
  async #guardAgain(exchange: Exchange): Promise<void> {
    for (const subscription of this.#subscriptions.values()) {
      try {
        await guardContext(subscription.context, exchange)
      } catch (error) {
        this.#unsubscribe(subscription.id)
        this.#fail(subscription.id, error)
      }
    }
    await this.#joins.guardAgain(exchange, (id, error) => this.#fail(id, error))
  }

  #fail(id: FrameId | undefined, error: unknown, more?: string): void {
    if (error instanceof SessionEnded) {
      this.close(closeCodes.sessionEnded, 'the session has ended')
      return
    }
    this.#outbox.send(errorFrame(id, toPublicError(error, this.#engine.logger), more))
  }
}
