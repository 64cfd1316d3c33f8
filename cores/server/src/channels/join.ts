/** One client in one instance of a channel: presence, history, and messages in their order without a gap. */

import type { FrameId } from '@mizan/protocol'
import type { Hub } from '../live/hub.ts'
import type { LogTail } from '../live/live-bus.ts'
import type { Push } from '../live/outbox.ts'
import type { ChannelInstance } from './channel-registry.ts'
import type { Guest, Room } from './room.ts'

/** What a join is made of. */
export interface JoinOptions {
  readonly hub: Hub
  readonly instance: ChannelInstance
  /** The client's name for it. */
  readonly id: FrameId
  /** The name under which others would tell it from the same person's other tab. */
  readonly member: string
  /** What the others see, as JSON. */
  readonly info: string | undefined
  readonly send: (text: string) => void
  readonly push: (push: Push) => void
}

/** Lives until {@link leave}. */
export class Join implements Guest {
  readonly instance: ChannelInstance
  readonly #options: JoinOptions
  readonly #head: string
  #room: Room | undefined
  /** Messages that arrive while the client is told what was before them. */
  #early: [seq: number, json: string][] | undefined = []
  /** The newest message that the client knows of; `undefined` until it was told. */
  #seq: number | undefined
  #hasLeft = false
  /** The bus was lost while the client was being told. */
  #isLost = false

  constructor(options: JoinOptions) {
    this.#options = options
    this.instance = options.instance
    this.#head = `{"id":${JSON.stringify(options.id)}`
  }

  /** Follows first, then reads what was before: nothing falls between. Rejects without the bus. */
  async enter(since: number | undefined): Promise<void> {
    const { hub, info } = this.#options
    this.#room = hub.rooms.open(this.instance)
    await this.#room.add(this)
    if (this.#hasLeft) return
    if (info !== undefined) {
      await this.refresh()
      await this.#room.announce()
    }
    await this.#tell(since, this.#options.send)
  }

  message(seq: number, json: string): void {
    if (this.#early !== undefined) {
      this.#early.push([seq, json])
      return
    }
    const known = this.#seq ?? 0
    if (this.#hasLeft || seq <= known) return
    if (known > 0 && seq !== known + 1) {
      this.lost()
      return
    }
    this.#seq = seq
    this.#options.push(() =>
      this.#hasLeft ? undefined : `${this.#head},"message":${json},"seq":${seq}}`,
    )
  }

  presence(json: string): void {
    if (this.#early !== undefined) return
    this.#options.push(() => (this.#hasLeft ? undefined : `${this.#head},"present":${json}}`))
  }

  lost(): void {
    if (this.#hasLeft) return
    if (this.#early !== undefined) {
      this.#isLost = true
      return
    }
    this.#early = []
    const send = (text: string): void => this.#options.push(() => text)
    this.#tell(this.#seq, send).catch(() => {
      // Lost again; when the bus is back it says so.
      this.#early = undefined
    })
  }

  /** To be repeated before the last time runs out. */
  async refresh(): Promise<void> {
    const { hub, info, member } = this.#options
    if (info === undefined || this.#hasLeft) return
    const ttl = hub.presenceTtl
    await hub.bus.enter(this.instance.topic, { id: member, info, ttl })
    // Who left meanwhile must not come back by this.
    if (this.#hasLeft) await hub.bus.leave(this.instance.topic, member)
  }

  leave(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    const { hub, info, member } = this.#options
    const room = this.#room
    if (room === undefined) return
    hub.rooms.leave(room, this)
    if (info === undefined) return
    hub
      .track(async () => {
        await hub.bus.leave(room.topic, member)
        await room.announce()
      })
      .catch(() => undefined) // its time runs out
  }

  async #tell(since: number | undefined, send: (text: string) => void): Promise<void> {
    const { hub } = this.#options
    const tail = await hub.bus.tail(this.instance.topic, since ?? Number.MAX_SAFE_INTEGER)
    const present = (await this.#room?.readPresence()) ?? '[]'
    if (this.#hasLeft) return
    const seq = Math.max(tail.seq, tail.messages.at(-1)?.seq ?? 0)
    const missed = tail.messages.map(({ seq: at, text }) => `{"seq":${at},"message":${text}}`)
    const gap = since !== undefined && hasGap(since, tail) ? ',"gap":true' : ''
    send(
      `${this.#head},"joined":{"seq":${seq},"present":${present},"missed":[${missed.join(',')}]${gap}}}`,
    )
    this.#seq = seq
    const early = this.#early ?? []
    this.#early = undefined
    for (const [at, json] of early) this.message(at, json)
    if (!this.#isLost) return
    this.#isLost = false
    this.lost()
  }
}

/** Numbers go up by one: whatever is not there is missing. A log that began anew is far ahead, or knows nothing. */
function hasGap(since: number, { seq, messages }: LogTail): boolean {
  return seq - since !== messages.length
}
