/** What waits to be told to a purger; bounded, as a holder may stay away for long. */

import { canonicalJson, type Target } from '@mizan/protocol'

/** Targets and data tags together, above which they widen to contexts and tables. */
const maximumSize = 1000

/** What a mutation made stale. */
export interface Stale {
  readonly targets: readonly Target[]
  /** Data tags, in the clear. */
  readonly writes: readonly string[]
}

/** Targets and data tags, each once. */
export class StaleSet {
  #targets = new Map<string, Target>()
  #writes = new Set<string>()

  get isEmpty(): boolean {
    return this.#targets.size + this.#writes.size === 0
  }

  add({ targets, writes }: Stale): void {
    for (const target of targets) this.#targets.set(canonicalJson(target), target)
    for (const write of writes) this.#writes.add(write)
    if (this.#targets.size + this.#writes.size > maximumSize) this.#widen()
  }

  /** All of it; the set is empty afterwards. */
  take(): Stale {
    const taken = { targets: [...this.#targets.values()], writes: [...this.#writes] }
    this.#targets = new Map()
    this.#writes = new Set()
    return taken
  }

  #widen(): void {
    const contexts = new Set([...this.#targets.values()].map(({ context }) => context))
    this.#targets = new Map(
      [...contexts].map((context) => [canonicalJson({ context }), { context }]),
    )
    const tables = new Set([...this.#writes].map((write) => write.split(':', 1)[0] ?? write))
    this.#writes = new Set([...tables].flatMap((table) => [table, `${table}:*`]))
  }
}
