/** The instances of channels that somebody in this process is in. */

import type { LiveBus } from '../live/live-bus.ts'
import type { ChannelInstance } from './channel-registry.ts'
import { type Guest, Room } from './room.ts'

/** Opened by the first guest, closed by the last. */
export class Rooms {
  readonly #bus: LiveBus
  readonly #rooms = new Map<string, Room>()

  constructor(bus: LiveBus) {
    this.#bus = bus
  }

  get size(): number {
    return this.#rooms.size
  }

  open({ entry, topic }: ChannelInstance): Room {
    const room = this.#rooms.get(topic) ?? new Room(this.#bus, entry, topic)
    this.#rooms.set(topic, room)
    return room
  }

  leave(room: Room, guest: Guest): void {
    if (room.remove(guest) && this.#rooms.get(room.topic) === room) this.#rooms.delete(room.topic)
  }

  /** Finds out who went without saying so. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map((room) => room.readPresence()))
  }
}
