/** Through this port the client learns of the run that it is used in, and imports neither the server nor `async_hooks`. */

import type { Level } from './level.ts'
import type { ScopeTransaction } from './scope-transaction.ts'

/** What a statement depended on or changed, as data tags. */
export interface Observation {
  readonly reads: readonly string[]
  /** Of committed changes only. */
  readonly writes: readonly string[]
  /** It was read from a copy that may be behind: no answer made of it is kept. */
  readonly unstorable?: true
}

/** The run in which a statement is executed. */
export interface DataScope {
  /** Who asks; a function, because to look is to depend on it. */
  readonly principal: () => unknown
  /** The transaction of the run, opened by its first statement; undefined: statements commit one by one. */
  readonly transaction: ScopeTransaction | undefined
  /** False: nobody keeps what is made of what it reads, so that nothing is asked to tell that exactly. @default true */
  readonly usesReads?: boolean
  observe(observation: Observation): void
  /** Once it is aborted, no statement outside the run's transaction begins. */
  readonly signal: AbortSignal | undefined
}

/** The run around the caller; undefined outside of one. */
export type ScopePort = () => DataScope | undefined

/** Goes along with the commit of changes. */
export interface CommitNote {
  /** Runs in the transaction, before its commit; when it fails, so does the commit. */
  readonly statement?: { readonly sql: string; readonly parameters: readonly unknown[] }
  /** It is stored, or may be. */
  committed(): Promise<void> | void
}

/** In which level of nested transactions the caller is: carried along by whoever can. */
export interface AmbientLevel {
  get(): Level | undefined
  /** Runs `work`, and all that it calls, in `level`. */
  run<T>(level: Level, work: () => T): T
}

/** How a client is joined to an app. */
export interface ClientJoin {
  readonly port: ScopePort
  readonly ambient?: AmbientLevel
  /**
   * Called in the context of whoever commits a transaction with changes; or before a statement that can be part of none, with the name of
   * its connection: while that is busy, the note waits.
   */
  readonly noteOf?: (writes: readonly string[], session?: string) => CommitNote | undefined
  /** Whether notes have statements: a single statement that changes something is then stored together with its own. */
  readonly storesNotes?: () => boolean
  /** A statement outside of runs and transactions has changed something. */
  readonly changed?: (writes: readonly string[]) => Promise<void>
}
