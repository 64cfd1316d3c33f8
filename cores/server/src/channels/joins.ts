/** The channels that one client is in. */

import { randomUUID } from 'node:crypto'
import { type FrameId, MizanError } from '@mizan/protocol'
import type { Hub } from '../live/hub.ts'
import type { Fields } from '../live/frame.ts'
import type { Push } from '../live/outbox.ts'
import type { Exchange } from '../scope.ts'
import { admit } from './admit.ts'
import { type ChannelInstance, toChannelInstance, toMessageText } from './channel-registry.ts'
import { Join } from './join.ts'

/** What joins need of their connection. */
export interface JoinsOptions {
  readonly hub: Hub
  readonly limit: number
  readonly send: (text: string) => void
  readonly push: (push: Push) => void
}

/** What a client asks for. */
export interface JoinFrame {
  readonly id: FrameId
  readonly name: string
  readonly params: Fields
  readonly since: number | undefined
}

/** Joins by the client's own ids. */
export class Joins {
  readonly #options: JoinsOptions
  readonly #joins = new Map<FrameId, Join>()

  constructor(options: JoinsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#joins.size
  }

  /** @throws MizanError `NOT_FOUND`, `VALIDATION_FAILED`, of the guard, or `UNAVAILABLE` without the bus */
  async join(frame: JoinFrame, exchange: Exchange): Promise<void> {
    const { hub, limit, send, push } = this.#options
    const entry = hub.channels.get(frame.name)
    if (entry === undefined) throw new MizanError('NOT_FOUND', 'No such channel')
    const instance = toChannelInstance(entry, frame.params)
    await admit(entry.options.join, instance, exchange)
    this.leave(frame.id)
    if (this.#joins.size >= limit)
      throw new MizanError('RATE_LIMITED', `no more than ${limit} channels at a time`)
    const info = infoOf(instance, exchange)
    const join = new Join({ hub, instance, id: frame.id, member: randomUUID(), info, send, push })
    this.#joins.set(frame.id, join)
    try {
      await join.enter(frame.since)
    } catch (cause) {
      if (this.#joins.get(frame.id) === join) this.leave(frame.id)
      throw new MizanError('UNAVAILABLE', 'the live bus does not answer', { cause })
    }
  }

  /** @throws MizanError `NOT_FOUND`, of the guard, `VALIDATION_FAILED`, or `UNAVAILABLE` without the bus */
  async send(
    frame: { readonly id: FrameId; readonly message: unknown },
    exchange: Exchange,
  ): Promise<void> {
    const join = this.#joins.get(frame.id)
    if (join === undefined) throw new MizanError('NOT_FOUND', 'No such join')
    const { instance } = join
    const { entry, params, topic } = instance
    await admit(entry.options.send, instance, exchange)
    const decoded = entry.message.decode(frame.message)
    if (!decoded.ok) {
      throw new MizanError('VALIDATION_FAILED', `${entry.name}: the message does not fit`, {
        details: decoded.issues,
      })
    }
    const { receive } = entry.options
    const message =
      receive === undefined
        ? decoded.value
        : await receive(decoded.value, { principal: exchange.principal, params })
    if (message === undefined && receive !== undefined) return
    await this.#options.hub.publish({ entry, topic, text: toMessageText(entry, message) })
  }

  leave(id: FrameId): void {
    const join = this.#joins.get(id)
    this.#joins.delete(id)
    join?.leave()
  }

  /** Says again, at each heartbeat, who is there. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#joins.values()].map((join) => join.refresh()))
  }

  /** Whoever may not be there any more is told so once. */
  async guardAgain(exchange: Exchange, fail: (id: FrameId, error: unknown) => void): Promise<void> {
    for (const [id, { instance }] of this.#joins) {
      try {
        await admit(instance.entry.options.join, instance, exchange)
      } catch (error) {
        this.leave(id)
        fail(id, error)
      }
    }
  }

  end(): void {
    for (const id of this.#joins.keys()) this.leave(id)
  }
}

function infoOf({ entry }: ChannelInstance, { principal }: Exchange): string | undefined {
  const { presence } = entry.options
  return presence === undefined ? undefined : (JSON.stringify(presence(principal)) ?? 'null')
}
