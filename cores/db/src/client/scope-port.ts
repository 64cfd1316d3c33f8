/** Through this port the client learns of the run that it is used in, and imports neither the server nor `async_hooks`. */

import type { ScopeTransaction } from './scope-transaction.ts'

/** What a statement depended on or changed, as data tags. */
export interface Observation {
  readonly reads: readonly string[]
  /** Of committed changes only. */
  readonly writes: readonly string[]
}

/** The run in which a statement is executed. */
export interface DataScope {
  /** Who asks; a function, because to look is to depend on it. */
  readonly principal: () => unknown
  /** The transaction of the run, opened by its first statement; undefined: statements commit one by one. */
  readonly transaction: ScopeTransaction | undefined
  observe(observation: Observation): void
  /** Once it is aborted, no statement outside the run's transaction begins. */
  readonly signal: AbortSignal | undefined
}

/** The run around the caller; undefined outside of one. */
export type ScopePort = () => DataScope | undefined
