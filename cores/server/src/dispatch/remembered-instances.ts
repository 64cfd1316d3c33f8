/** Instances by the query that names them: pages ask for the same few again and again. */

import type { ContextInstance } from './context-instance.ts'

/** Instances of one context that are remembered; the oldest makes room. */
const most = 500
/** Characters of a query that is remembered. */
const longestQuery = 200

/**
 * The instances of one context. What follows from a URL alone (values, texts, tags) is worked out when it first comes; nothing
 * of a caller is in it.
 */
export class RememberedInstances {
  readonly #instances = new Map<string, ContextInstance>()

  find(query: string): ContextInstance | undefined {
    return this.#instances.get(query)
  }

  /** Keeps it, unless a function could change what the next one is given. */
  remember(query: string, instance: ContextInstance): void {
    if (query.length > longestQuery || !isShareable(instance)) return
    if (this.#instances.size >= most) {
      for (const oldest of this.#instances.keys()) {
        this.#instances.delete(oldest)
        break
      }
    }
    this.#instances.set(query, instance)
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
