/** What a database does beside the statements that are observed, and how it tells of what others do. */

import type { RunSql } from './migration-facts.ts'

/** Relations whose statements reach further than their text says. */
export interface HiddenRelations {
  /** Tables with triggers of the application's own. */
  readonly triggered: readonly string[]
  /** Names that are views; those of a named schema are `audit.entries`, here and above. */
  readonly views: readonly string[]
}

/** A table whose changes are told. */
export interface WatchedTable {
  /** Database name. */
  readonly name: string
  /** The schema that it is in; absent: where the connection looks first. */
  readonly schema?: string | undefined
  /** `t` of its data tags. */
  readonly tag: string
  /** Its tag columns, by database name. */
  readonly columns: readonly { readonly name: string; readonly isText: boolean }[]
}

/** Who hears of changes. */
export interface ChangeListener {
  /** Data tags of a committed change that was not made through this dialect package. */
  onChange(writes: readonly string[]): void
  /** Changes may have been missed. */
  onGap(): void
  onTrouble(error: unknown): void
}

/** The database itself tells of what anybody changes. */
export interface ChangeFeed {
  /** Makes the database tell; does nothing where it does so already. */
  install(run: RunSql, tables: readonly WatchedTable[]): Promise<void>
  /** The tables that it does not tell of. */
  missing(run: RunSql, tables: readonly WatchedTable[]): Promise<readonly string[]>
  /** Takes everything away that was installed. */
  remove(run: RunSql): Promise<void>
  /** Resolves when nothing is missed any more; connects again by itself. */
  listen(listener: ChangeListener): Promise<AsyncDisposable>
}

/** How a SELECT locks rows that are about to change. */
export type RowLock = 'ForUpdate' | 'ForNoKeyUpdate'

/** What the database tells of its connections, each statement with one column `session`. */
export interface SessionFacts {
  /** A name of the connection that asks, which no other one has while it lives. */
  readonly own: string
  /** The names of all others that are running something, as far as the login may see them. */
  readonly busy: string
}

/** The facts of observing a dialect. */
export interface ObservationFacts {
  /** Absent where a transaction that changes something is alone anyway. */
  readonly rowLock?: RowLock
  hidden(run: RunSql): Promise<HiddenRelations>
  readonly feed?: ChangeFeed
  /** Absent where a statement ends with the process that sent it. */
  readonly sessions?: SessionFacts
}
