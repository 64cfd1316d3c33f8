/** What a client tells of its statements and transactions. */

import type { RootOperationNode } from 'kysely'

/** Names of events and what they carry. Parameters are data and stay out. */
export interface DbEvents {
  readonly query: { readonly sql: string; readonly milliseconds: number; readonly rows: number }
  readonly queryError: {
    readonly sql: string
    readonly milliseconds: number
    readonly error: unknown
  }
  /** A statement that took longer than the client's `slowQueryThreshold`. */
  readonly slowQuery: { readonly sql: string; readonly milliseconds: number; readonly rows: number }
  /** An outermost `transaction(work)` began, was stored, or was undone. */
  readonly transactionStart: { readonly isolation: string | undefined }
  readonly transactionCommit: { readonly isolation: string | undefined }
  readonly transactionRollback: { readonly isolation: string | undefined; readonly error: unknown }
  /** Tags of a committed change. */
  readonly commit: { readonly writes: readonly string[] }
}

/** Hears one kind of event. What it throws is passed to the client's `onListenerError` and stops nothing. */
export type DbListener<Name extends keyof DbEvents> = (event: DbEvents[Name]) => void

/**
 * Is given the operation tree of a statement, with the schema's keys as names, before it is bound, observed and run; what it
 * returns runs instead. What it throws stops the statement.
 */
export type BeforeQuery = (event: {
  readonly node: RootOperationNode
}) => RootOperationNode | undefined | void | Promise<RootOperationNode | undefined | void>

/** The listeners of a client. */
export class DbEventTarget {
  readonly #listeners = new Map<keyof DbEvents, Set<(event: never) => void>>()
  readonly #hooks = new Set<BeforeQuery>()
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

  /** Starts listening before statements, in the order of the calls; call what is returned to stop. */
  onBeforeQuery(hook: BeforeQuery): () => void {
    this.#hooks.add(hook)
    return () => this.#hooks.delete(hook)
  }

  /** Takes a tree through all hooks; undefined when there are none. */
  get beforeQuery(): ((node: RootOperationNode) => Promise<RootOperationNode>) | undefined {
    if (this.#hooks.size === 0) return undefined
    return async (node) => {
      let current = node
      for (const hook of this.#hooks) current = (await hook({ node: current })) ?? current
      return current
    }
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
