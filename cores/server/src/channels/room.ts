/** One instance of a channel in one process: what the bus brings is given to everybody who joined here. */

import type { LiveBus } from '../live/live-bus.ts'
import type { ChannelEntry } from './channel-registry.ts'

/** Somebody who joined here. */
export interface Guest {
  /** In the order of the channel. */
  message(seq: number, json: string): void
  /** Everybody who is there, as JSON. */
  presence(json: string): void
  /** Messages may have been missed. */
  lost(): void
}

/** What a published text means besides a message, which begins with its number. */
const presenceChanged = 'present'

/** Followed while it has guests. */
export class Room {
  readonly entry: ChannelEntry
  readonly topic: string
  readonly #bus: LiveBus
  readonly #guests = new Set<Guest>()
  #opening: Promise<() => void> | undefined
  #isReading = false
  #isChanged = false
  #present = '[]'

  constructor(bus: LiveBus, entry: ChannelEntry, topic: string) {
    this.#bus = bus
    this.entry = entry
    this.topic = topic
  }

  get size(): number {
    return this.#guests.size
  }

  /** From when this resolves, messages arrive. */
  async add(guest: Guest): Promise<void> {
    this.#guests.add(guest)
    this.#opening ??= this.#bus.follow(this.topic, {
      onMessage: (text) => this.#deliver(text),
      onLost: () => {
        for (const each of this.#guests) each.lost()
        void this.readPresence()
      },
    })
    await this.#opening
  }

  /** @returns whether nobody is left */
  remove(guest: Guest): boolean {
    this.#guests.delete(guest)
    if (this.#guests.size > 0) return false
    void this.#opening?.then(
      (leave) => leave(),
      () => undefined,
    )
    this.#opening = undefined
    return true
  }

  /** Tells every process that somebody came or went. */
  async announce(): Promise<void> {
    await this.#bus.publish(this.topic, presenceChanged)
  }

  /** Everybody who is there, as JSON; told to the guests when it has changed. */
  async readPresence(): Promise<string> {
    if (this.entry.options.presence === undefined) return '[]'
    const infos = await this.#bus.present(this.topic)
    const present = `[${infos.toSorted().join(',')}]`
    if (present !== this.#present) {
      this.#present = present
      for (const guest of this.#guests) guest.presence(present)
    }
    return present
  }

  #deliver(text: string): void {
    if (text === presenceChanged) {
      void this.#presenceSoon()
      return
    }
    const space = text.indexOf(' ')
    const seq = Number(text.slice(0, space))
    if (!Number.isSafeInteger(seq)) return
    for (const guest of this.#guests) guest.message(seq, text.slice(space + 1))
  }

  /** However many come and go at once, one look follows the other. */
  async #presenceSoon(): Promise<void> {
    this.#isChanged = true
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#isChanged) {
        this.#isChanged = false
        await this.readPresence()
      }
    } catch {
      // Out of reach; the next heartbeat looks again.
    } finally {
      this.#isReading = false
    }
  }
}
