/** What is kept as long as it is used. */

/** Of what a client keeps of one kind. */
const maximumKept = 1000

/** What was made before, by its shape, the least recently used first. */
export class RecentlyUsed<T> {
  readonly #kept = new Map<string, T>()

  get(key: string): T | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found
  }

  set(key: string, value: T): void {
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size >= maximumKept && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(key, value)
  }
}
