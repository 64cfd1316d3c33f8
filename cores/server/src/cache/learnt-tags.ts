/** What earlier runs of a key have read, so that the next run can have the versions before it starts. */

import { widenTag } from './tags.ts'

const maximumKeys = 10_000
const maximumTags = 256
/** Runs that read something new each time, before the key's tags widen to tables. */
const patience = 3

interface Learnt {
  tags: Set<string>
  surprises: number
}

/** Tags by key, for the keys used last. */
export class LearntTags {
  readonly #keys = new Map<string, Learnt>()

  /** The tags to expect of `key`. */
  of(key: string): readonly string[] {
    const learnt = this.#keys.get(key)
    return learnt === undefined ? [] : [...learnt.tags]
  }

  /** What a run of `key` is said to have read: tables instead of rows for one that reads other rows each time. */
  toTags(key: string, dataTags: readonly string[]): readonly string[] {
    return (this.#keys.get(key)?.surprises ?? 0) < patience ? dataTags : [...new Set(dataTags.map(widenTag))]
  }

  /** Remembers that a run of `key` read tags that were not expected. */
  learn(key: string, dataTags: readonly string[]): void {
    const known = this.#keys.get(key)
    const surprises = (known?.surprises ?? 0) + 1
    const all = new Set([...(known?.tags ?? []), ...dataTags])
    const tags = all.size <= maximumTags ? all : new Set(dataTags.slice(0, maximumTags))
    this.#keys.delete(key)
    this.#keys.set(key, {
      surprises,
      tags: surprises < patience ? tags : new Set([...tags].map(widenTag)),
    })
    if (this.#keys.size <= maximumKeys) return
    const [oldest] = this.#keys.keys()
    if (oldest !== undefined) this.#keys.delete(oldest)
  }
}
