/** Changing tags, and what to do while the store cannot be reached: keep trying, and serve nothing that has them. */

import type { CacheStore } from './cache-store.ts'
import { widenPurge } from './tags.ts'
import { withinTime } from './within-time.ts'

const firstRetry = 100
const lastRetry = 5000
/** Tags of one purge, above which it ends whole contexts and tables. */
const maximumTags = 200
/** Tags that may be owed, above which whole contexts and tables are. */
const maximumOwed = 5000

const nothing: ReadonlySet<string> = new Set()

/** Called when a purge has to wait. */
export interface PurgesOptions {
  readonly onDeferred: (error: unknown) => void
  /** Milliseconds that a mutation waits for its purge. @default 1000 */
  readonly patience?: number | undefined
}

/** The purges of one process. */
export class Purges {
  readonly #store: CacheStore
  readonly #options: PurgesOptions
  /** Tags whose change the store does not know yet, with the purge that put them here last. */
  #owed = new Map<string, symbol>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #delay = firstRetry
  #closed = false

  constructor(store: CacheStore, options: PurgesOptions) {
    this.#store = store
    this.#options = options
  }

  /**
   * The tags owed now. A request takes them before it asks for versions: looked at afterwards, a retry could have
   * told the store in between, and an old version would pass for a current one.
   */
  get owed(): ReadonlySet<string> {
    return this.#owed.size === 0 ? nothing : new Set(this.#owed.keys())
  }

  /** `deferred` when the store did not confirm in time; the change is then tried again until it does. */
  async purge(wanted: readonly string[]): Promise<{ deferred: boolean }> {
    const tags = wanted.length > maximumTags ? widenPurge(wanted) : wanted
    const purge = Symbol('purge')
    // Owed from the start: a run that begins while the purge is on its way must not be served what it ends.
    for (const tag of tags) this.#owed.set(tag, purge)
    try {
      await this.#bump(tags)
      this.#settle(tags, purge)
      return { deferred: false }
    } catch (error) {
      this.#options.onDeferred(error)
      this.#widen()
      this.#schedule()
      return { deferred: true }
    }
  }

  /** Tries once more what is owed, then no longer. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    if (this.#owed.size > 0) await this.#retry()
  }

  #bump(tags: readonly string[]): Promise<unknown> {
    return withinTime(this.#options.patience ?? 1000, () => this.#store.bump(tags))
  }

  #settle(tags: Iterable<string>, purge: symbol): void {
    for (const tag of tags) if (this.#owed.get(tag) === purge) this.#owed.delete(tag)
  }

  /** A store that stays away must not fill the memory. */
  #widen(): void {
    if (this.#owed.size <= maximumOwed) return
    const purge = Symbol('everything owed')
    this.#owed = new Map(widenPurge(this.#owed.keys()).map((tag) => [tag, purge]))
  }

  #schedule(): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#retry(), this.#delay)
    // A purge that is owed is no reason to keep a process alive that has nothing else to do.
    this.#timer.unref()
    this.#delay = Math.min(this.#delay * 2, lastRetry)
  }

  async #retry(): Promise<void> {
    const owed = [...this.#owed]
    try {
      await this.#bump(owed.map(([tag]) => tag))
    } catch {
      this.#timer = undefined
      this.#schedule()
      return
    }
    this.#timer = undefined
    this.#delay = firstRetry
    for (const [tag, purge] of owed) this.#settle([tag], purge)
    if (this.#owed.size > 0) this.#schedule()
  }
}
