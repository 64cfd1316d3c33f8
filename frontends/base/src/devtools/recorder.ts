/** The timeline of one kernel while it grows. */

import type { TimelineEntry } from './timeline.ts'

/** What an entry has before it is in the timeline. */
export type NewEntry<Entry extends TimelineEntry> = Omit<Entry, 'id' | 'at'>

/** Keeps the newest entries, and tells who watches at most once a turn. */
export class Recorder {
  readonly #keep: number
  readonly #clock: () => number
  readonly #listeners = new Set<() => void>()
  #entries: TimelineEntry[] = []
  #lastId = 0
  #isPlanned = false

  constructor(keep: number, clock: () => number) {
    this.#keep = keep
    this.#clock = clock
  }

  now(): number {
    return this.#clock()
  }

  /** The oldest first. */
  entries(): readonly TimelineEntry[] {
    return this.#entries
  }

  add<Entry extends TimelineEntry>(entry: NewEntry<Entry>): Entry {
    // cast: the two properties that were missing.
    const added = { ...entry, id: ++this.#lastId, at: this.#clock() } as unknown as Entry
    this.#entries = [...this.#entries.slice(1 - this.#keep), added]
    this.changed()
    return added
  }

  clear(): void {
    this.#entries = []
    this.changed()
  }

  /** An entry, or an instance, is not as it was. */
  changed(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    queueMicrotask(() => {
      this.#isPlanned = false
      for (const listener of [...this.#listeners]) listener()
    })
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
