/** What the migration runner must know of a dialect. */

import type { SchemaSnapshot } from '../snapshot/snapshot.ts'
import type { DialectPackage } from './dialect-package.ts'

/** Runs one statement on the connection that migrates. */
export type RunSql = (
  sql: string,
  parameters?: readonly unknown[],
) => Promise<readonly Record<string, unknown>[]>

/** What a server is, for proofs: what holds on one need not hold on another. */
export interface EngineFacts {
  /** `postgres`, `mariadb`, `mysql`, `sqlite` */
  readonly name: string
  /** `18.1` */
  readonly version: string
  readonly extensions: readonly string[]
  readonly collation: string
}

/** Something that a database keeps though it cannot be used. */
export interface BrokenObject {
  /** Its key among the objects of a snapshot. */
  readonly key: string
  /** What the database says of it. */
  readonly reason: string
}

/** The facts of introspection, locking and bookkeeping. */
export interface MigrationFacts {
  /**
   * What the database has, in a handful of queries; what extensions and Mizan itself own is left out.
   *
   * @param schemas Named schemas that are read besides the one that is searched first.
   */
  introspect(run: RunSql, schemas?: readonly string[]): Promise<SchemaSnapshot>
  /** The snapshot with each expression as this server writes it; nothing stays behind. */
  deparse(run: RunSql, snapshot: SchemaSnapshot): Promise<SchemaSnapshot>
  engine(run: RunSql): Promise<EngineFacts>
  /** Views and triggers that say names that are gone; absent where a database keeps none such. */
  brokenObjects?(run: RunSql, snapshot: SchemaSnapshot): Promise<readonly BrokenObject[]>
  /** A database of its own in memory, for proofs. */
  inMemory?(): DialectPackage
  /** The same server's database of another name. */
  beside?(name: string): DialectPackage
  /** Makes a database beside this one, marked as ours; absent where another way is needed. */
  createScratch?(run: RunSql, name: string): Promise<void>
  dropScratch?(run: RunSql, name: string): Promise<void>
  /** Of these roles those that the server does not have; absent where migrations give no rights. */
  missingRoles?(run: RunSql, roles: readonly string[]): Promise<readonly string[]>
  /**
   * On a scratch database: makes roles that are missing, which go with the database.
   *
   * @returns those that this login may not make
   */
  lendRoles?(run: RunSql, roles: readonly string[]): Promise<readonly string[]>
  /** Runs `work` while foreign keys are not enforced; it calls `check` before it commits. For `rebuild` steps. */
  withoutForeignKeys?(
    run: RunSql,
    work: (check: () => Promise<void>) => Promise<void>,
  ): Promise<void>
  /** Takes away what a killed statement left half made (an invalid index), before it runs again. */
  repair?(run: RunSql, schemas?: readonly string[]): Promise<void>
  /** Who holds the lock, in words; undefined when nobody does. */
  lockHolder?(run: RunSql): Promise<string | undefined>
  /** Ends the session that holds the lock. */
  breakLock?(run: RunSql): Promise<void>
  /**
   * Takes the lock on the migrating connection itself, so that it ends with it.
   *
   * @returns false when another connection holds it.
   */
  lock(run: RunSql): Promise<boolean>
  unlock(run: RunSql): Promise<void>
  /** Creates the bookkeeping table unless it exists. */
  readonly createTable: string
  /** Whether the bookkeeping table exists: one row or none. */
  readonly findTable: string
  /** How a parameter is written: `$1` or `?`. */
  parameter(position: number): string
  /** Begins the transaction of one step. */
  readonly begin: string
}
