/** Instances by the query that names them: pages ask for the same few again and again. */

import type { ContextInstance } from './context-instance.ts'

/** Instances of one context that are new, or asked for again, before those are forgotten that were not. */
const most = 500
/** Characters of a query that is remembered. */
const longestQuery = 200

/**
 * The instances of one context. What follows from a URL alone (values, texts, tags) is worked out when it first comes; nothing
 * of a caller is in it.
 */
export class RememberedInstances {
  #recent = new Map<string, ContextInstance>()
  /** Recent before: who is asked for again is recent again, the others go all at once. */
  #older: ReadonlyMap<string, ContextInstance> = this.#recent

  find(query: string): ContextInstance | undefined {
    const recent = this.#recent.get(query)
    if (recent !== undefined) return recent
    const older = this.#older.get(query)
    if (older !== undefined) this.#keep(query, older)
    return older
  }

  /** Keeps it, unless a function could change what the next one is given. */
  remember(query: string, instance: ContextInstance): void {
    if (query.length > longestQuery || !isShareable(instance)) return
    this.#keep(query, instance)
  }

  #keep(query: string, instance: ContextInstance): void {
    if (this.#recent.size >= most) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(query, instance)
  }
}

/** Arguments that are no objects, and that no schema of the application has made: it may say something else tomorrow. */
function isShareable({ members }: ContextInstance): boolean {
  return members.every(
    ({ entry, args }) =>
      entry.options.input === undefined &&
      args.values.every((value) => typeof value !== 'object' || value === null),
  )
}
