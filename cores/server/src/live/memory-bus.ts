/** The bus of an app that runs in one process. */

import type { Follower, KeepOptions, LiveBus, LoggedMessage, LogTail, Member } from './live-bus.ts'

/** Options of {@link MemoryBus}. */
export interface MemoryBusOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

interface Expiring<T> {
  readonly value: T
  readonly expires: number
}

interface Log {
  readonly seq: number
  readonly messages: readonly LoggedMessage[]
}

/** Operations between two sweeps of what has expired. */
const sweepEvery = 1000

/** Delivers within the process, in the order of publishing. Several apps of a test may share one. */
export class MemoryBus implements LiveBus {
  readonly #clock: () => number
  readonly #followers = new Map<string, Set<Follower>>()
  readonly #logs = new Map<string, Expiring<Log>>()
  readonly #members = new Map<string, Map<string, Expiring<string>>>()
  readonly #texts = new Map<string, Expiring<string>>()
  #untilSweep = sweepEvery

  constructor(options: MemoryBusOptions = {}) {
    this.#clock = options.clock ?? Date.now
  }

  async publish(topic: string, text: string): Promise<void> {
    for (const follower of this.#followers.get(topic) ?? []) follower.onMessage(text)
  }

  async follow(topic: string, follower: Follower): Promise<() => void> {
    const followers = this.#followers.get(topic) ?? new Set()
    this.#followers.set(topic, followers.add(follower))
    return () => {
      followers.delete(follower)
      if (followers.size === 0 && this.#followers.get(topic) === followers) {
        this.#followers.delete(topic)
      }
    }
  }

  async append(topic: string, text: string, keep: KeepOptions): Promise<number> {
    this.#sweepSometimes()
    const known = this.#alive(this.#logs, topic)
    // A log that was forgotten begins far ahead, so that no client takes the new numbers for the old ones.
    const seq = (known?.seq ?? this.#clock() * 1000) + 1
    const kept =
      keep.count === 0 ? [] : [...(known?.messages ?? []), { seq, text }].slice(-keep.count)
    this.#logs.set(topic, { value: { seq, messages: kept }, expires: this.#after(keep.ttl) })
    await this.publish(topic, `${seq} ${text}`)
    return seq
  }

  async tail(topic: string, seq: number): Promise<LogTail> {
    const log = this.#alive(this.#logs, topic)
    return {
      seq: log?.seq ?? 0,
      messages: log?.messages.filter((message) => message.seq > seq) ?? [],
    }
  }

  async enter(topic: string, member: Member): Promise<void> {
    this.#sweepSometimes()
    const members = this.#members.get(topic) ?? new Map<string, Expiring<string>>()
    members.set(member.id, { value: member.info, expires: this.#after(member.ttl) })
    this.#members.set(topic, members)
  }

  async leave(topic: string, id: string): Promise<void> {
    const members = this.#members.get(topic)
    members?.delete(id)
    if (members?.size === 0) this.#members.delete(topic)
  }

  async present(topic: string): Promise<readonly string[]> {
    const now = this.#clock()
    return [...(this.#members.get(topic)?.values() ?? [])].flatMap(({ value, expires }) =>
      expires > now ? [value] : [],
    )
  }

  async put(key: string, text: string, ttl: number): Promise<void> {
    this.#sweepSometimes()
    this.#texts.set(key, { value: text, expires: this.#after(ttl) })
  }

  async take(key: string): Promise<string | undefined> {
    const text = this.#alive(this.#texts, key)
    this.#texts.delete(key)
    return text
  }

  /** Holds nothing that needs an end; another app of the process may still use it. */
  async close(): Promise<void> {}

  #after(ttl: number): number {
    return this.#clock() + ttl * 1000
  }

  #alive<T>(kept: ReadonlyMap<string, Expiring<T>>, key: string): T | undefined {
    const found = kept.get(key)
    return found !== undefined && found.expires > this.#clock() ? found.value : undefined
  }

  #sweepSometimes(): void {
    if (--this.#untilSweep > 0) return
    this.#untilSweep = sweepEvery
    const now = this.#clock()
    for (const kept of [this.#logs, this.#texts, ...this.#members.values()]) {
      for (const [key, { expires }] of kept) if (expires <= now) kept.delete(key)
    }
    for (const [topic, members] of this.#members) {
      if (members.size === 0) this.#members.delete(topic)
    }
  }
}
