/** What is kept as long as it is used. */

/** Of what a client keeps of one kind. */
const maximumKept = 1000

/** What was made before, by its shape. In two halves: what nobody asked for while one was filled is forgotten. */
export class RecentlyUsed<T> {
  #used = new Map<string, T>()
  #before = new Map<string, T>()

  get(key: string): T | undefined {
    const found = this.#used.get(key)
    if (found !== undefined) return found
    const older = this.#before.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: T): void {
    if (this.#used.size >= maximumKept / 2) {
      this.#before = this.#used
      this.#used = new Map()
    }
    this.#used.set(key, value)
  }
}
