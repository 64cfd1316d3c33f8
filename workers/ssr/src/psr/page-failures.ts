/** Pages that fail to render: since when, and when it is tried again. */

/** One page that fails. */
export interface PageFailure {
  readonly path: string
  readonly reason: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly attempts: number
  readonly retryAt: number
}

const firstRetry = 1_000
const lastRetry = 60_000
const maximumFailures = 10_000

/** What fails right now. */
export class PageFailures {
  readonly #failures = new Map<string, PageFailure>()

  /** Notes one more failure of `path`. */
  add(path: string, reason: string, now: number): PageFailure {
    const before = this.#failures.get(path)
    const attempts = (before?.attempts ?? 0) + 1
    const delay = Math.min(firstRetry * 2 ** (attempts - 1), lastRetry)
    const failure = { path, reason, since: before?.since ?? now, attempts, retryAt: now + delay }
    if (this.#failures.size >= maximumFailures) this.#failures.clear()
    this.#failures.set(path, failure)
    return failure
  }

  get(path: string): PageFailure | undefined {
    return this.#failures.get(path)
  }

  /** @returns whether it had failed */
  delete(path: string): boolean {
    return this.#failures.delete(path)
  }

  get all(): readonly PageFailure[] {
    return [...this.#failures.values()]
  }
}
