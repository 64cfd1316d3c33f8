/** What a client tells of its statements and transactions. */

/** Names of events and what they carry. Parameters are data and stay out. */
export interface DbEvents {
  readonly query: { readonly sql: string; readonly milliseconds: number; readonly rows: number }
  readonly queryError: {
    readonly sql: string
    readonly milliseconds: number
    readonly error: unknown
  }
  /** Tags of a committed change. */
  readonly commit: { readonly writes: readonly string[] }
}

/** Hears one kind of event. What it throws is passed to the client's `onListenerError` and stops nothing. */
export type DbListener<Name extends keyof DbEvents> = (event: DbEvents[Name]) => void

/** The listeners of a client. */
export class DbEventTarget {
  readonly #listeners = new Map<keyof DbEvents, Set<(event: never) => void>>()
  readonly #onListenerError: (error: unknown) => void

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError
  }

  /** Starts listening; call what is returned to stop. */
  on<Name extends keyof DbEvents>(name: Name, listener: DbListener<Name>): () => void {
    const set = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, set)
    set.add(listener)
    return () => set.delete(listener)
  }

  /** Whether anybody listens; what an event costs to make is then saved. */
  has(name: keyof DbEvents): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  emit<Name extends keyof DbEvents>(name: Name, event: DbEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as DbListener<Name>)(event) // cast: `on` put it under its own name
      } catch (error) {
        this.#onListenerError(error)
      }
    }
  }
}
