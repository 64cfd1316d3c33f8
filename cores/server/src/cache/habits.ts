/** What earlier runs of a key did, so that the next one can be prepared: the tags they read, and how they ended. */

import type { Visibility } from './cache-read.ts'
import { widenTag } from './tags.ts'

const maximumKeys = 10_000
const maximumTags = 256
/** Runs that read something new each time, before the key's tags widen to tables. */
const patience = 3

interface Habit {
  readonly tags: ReadonlySet<string>
  readonly surprises: number
  readonly ending: Visibility | undefined
}

const none: Habit = { tags: new Set(), surprises: 0, ending: undefined }

/** Habits of the keys used last. Forgetting one costs a miss, nothing else. */
export class Habits {
  readonly #habits = new Map<string, Habit>()

  /** The data tags to expect of `key`. */
  tagsOf(key: string): readonly string[] {
    return [...this.#of(key).tags]
  }

  /** How the last run of `key` ended. */
  endingOf(key: string): Visibility | undefined {
    return this.#of(key).ending
  }

  /** What a run of `key` is said to have read: tables instead of rows for one that reads other rows each time. */
  toTags(key: string, dataTags: readonly string[]): readonly string[] {
    return this.#of(key).surprises < patience ? dataTags : [...new Set(dataTags.map(widenTag))]
  }

  /** Remembers that a run of `key` read tags that were not expected. */
  learn(key: string, dataTags: readonly string[]): void {
    const habit = this.#of(key)
    const surprises = habit.surprises + 1
    const all = new Set([...habit.tags, ...dataTags])
    const tags = all.size <= maximumTags ? all : new Set(dataTags.slice(0, maximumTags))
    this.#set(key, {
      ...habit,
      surprises,
      tags: surprises < patience ? tags : new Set([...tags].map(widenTag)),
    })
  }

  /** Remembers that a run of `key` read what was expected: only surprises in a row widen. */
  settle(key: string): void {
    const habit = this.#of(key)
    if (habit.surprises > 0 && habit.surprises < patience)
      this.#set(key, { ...habit, surprises: 0 })
  }

  /** Remembers how a run of `key` ended. */
  ended(key: string, ending: Visibility): void {
    const habit = this.#of(key)
    if (habit.ending !== ending) this.#set(key, { ...habit, ending })
  }

  #of(key: string): Habit {
    return this.#habits.get(key) ?? none
  }

  #set(key: string, habit: Habit): void {
    this.#habits.delete(key)
    this.#habits.set(key, habit)
    if (this.#habits.size <= maximumKeys) return
    const [oldest] = this.#habits.keys()
    if (oldest !== undefined) this.#habits.delete(oldest)
  }
}
