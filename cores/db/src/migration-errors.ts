/** What is wrong with migrations, and the way out. */

import { DbError, type DbErrorOptions } from './errors.ts'

/** Something about migrations that must be resolved first. */
export class MigrationError extends DbError {
  override readonly name: string = 'MigrationError'

  constructor(code: string, message: string, options?: DbErrorOptions) {
    super(code, message, options)
  }
}

/** A migration has no proof for its files, or the proof failed. */
export class MigrationProofError extends MigrationError {
  override readonly name: string = 'MigrationProofError'

  constructor(message: string, options?: DbErrorOptions) {
    super('migration_proof', message, options)
  }
}

/** Two snapshots differ in a way that cannot be generated. */
export class MigrationPlanError extends MigrationError {
  override readonly name: string = 'MigrationPlanError'

  constructor(message: string) {
    super('migration_plan', message)
  }
}

/** The server does not have roles to which a migration gives rights. */
export class MissingRoleError extends MigrationError {
  override readonly name: string = 'MissingRoleError'
  readonly roles: readonly string[]

  constructor(roles: readonly string[], message: string) {
    super('missing_role', message)
    this.roles = Object.freeze([...roles])
  }
}

/** A migration's files are not the ones that were generated or applied. */
export class MigrationHashError extends MigrationError {
  override readonly name: string = 'MigrationHashError'

  constructor(message: string) {
    super('migration_hash', message)
  }
}

/** Another process is migrating this database. */
export class MigrationLockError extends MigrationError {
  override readonly name: string = 'MigrationLockError'

  constructor(message: string, options?: DbErrorOptions) {
    super('migration_lock', message, options)
  }
}

/** A step that cannot be rolled back was begun and not finished: whether it happened is for a person to see. */
export class MigrationInterruptedError extends MigrationError {
  override readonly name: string = 'MigrationInterruptedError'
  readonly migration: string
  readonly step: number

  constructor(migration: string, step: number, message: string) {
    super('migration_interrupted', message)
    this.migration = migration
    this.step = step
  }
}

/** The database has applied a migration whose files are missing. */
export class UnknownMigrationError extends MigrationError {
  override readonly name: string = 'UnknownMigrationError'

  constructor(message: string) {
    super('migration_unknown', message)
  }
}

/** Migrations wait to be applied and the configuration says not to start without them. */
export class PendingMigrationsError extends MigrationError {
  override readonly name: string = 'PendingMigrationsError'
  readonly pending: readonly string[]

  constructor(pending: readonly string[]) {
    super(
      'migration_pending',
      `${pending.length} migration${pending.length === 1 ? ' is' : 's are'} not applied (${pending.slice(0, 3).join(', ')}` +
        `${pending.length > 3 ? ', …' : ''}). Run "mizan db migrate latest"`,
    )
    this.pending = pending
  }
}
