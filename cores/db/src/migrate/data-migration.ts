/** Migrations of data that SQL alone cannot say: `up.ts` and `down.ts`. */

import type { Kysely } from 'kysely'
import type { Json } from '@mizan/protocol'

/**
 * The database as it is at this place of the history, which is not as the schema says now: tables and columns by their database
 * names, values as the driver reads them. It is the migrating connection, in the transaction of its step.
 */
export type MigrationDb = Kysely<Record<string, Record<string, unknown>>>

/** One batch that is done. */
export interface DataBatch {
  /** Where the next one begins; stored in the transaction of the batch. */
  readonly cursor: Json
  /** Rows of this batch, for who watches. */
  readonly rows: number
}

/** Many rows, a few at a time: a runner that is stopped or killed is continued after the last batch that was committed. */
export interface BatchedMigration {
  /** Runs in a transaction of its own; undefined when nothing is left. The first batch has no cursor. */
  batch(db: MigrationDb, cursor: Json | undefined): Promise<DataBatch | undefined>
}

/** What `up.ts` or `down.ts` exports by default: a function that is one transaction, or batches. */
export type DataMigration = ((db: MigrationDb) => Promise<void>) | BatchedMigration

/** Gives the default export of `up.ts` or `down.ts` its type. */
export function defineDataMigration<T extends DataMigration>(migration: T): T {
  return migration
}
