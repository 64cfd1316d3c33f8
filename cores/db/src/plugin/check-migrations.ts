/** What becomes of migrations that are not applied when a server starts. */

import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Logger } from '@mizan/server'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError, PendingMigrationsError } from '../migration-errors.ts'
import { migrateLatest } from '../migrate/runner.ts'
import { migrationStatus } from '../migrate/status.ts'

/** What happens at start with migrations that are not applied. */
export type MigrationsOnBoot = 'fail-if-pending' | 'apply' | 'ignore'

/** What is checked, and how. */
export interface CheckMigrationsOptions {
  readonly dialect: DialectPackage
  readonly mode: MigrationsOnBoot
  /** @default 'migrations' in the working directory, if it exists */
  readonly migrations: string | undefined
  readonly logger: Logger
}

/**
 * @returns whether any were applied
 * @throws PendingMigrationsError when some are not, in the mode `fail-if-pending`
 */
export async function checkMigrations(options: CheckMigrationsOptions): Promise<boolean> {
  const { dialect, mode, logger } = options
  if (mode === 'ignore') return false
  const migrations = resolve(options.migrations ?? 'migrations')
  if (options.migrations === undefined && !(await exists(migrations))) {
    logger.warn(
      { migrations },
      'There is no such folder, so migrations were not checked. Name it: dbPlugin({ migrations })',
    )
    return false
  }
  if (!(await exists(migrations))) {
    throw new MigrationError(
      'migration_folder',
      `dbPlugin({ migrations }): there is no folder ${migrations}; generate the first migration, or correct the path`,
    )
  }
  if (mode === 'apply') {
    const { applied } = await migrateLatest({
      migrations,
      dialect,
      onMigration: (id) => logger.info({ migration: id }, 'Applying a migration'),
    })
    return applied.length > 0
  }
  const { pending } = await migrationStatus({ migrations, dialect })
  if (pending.length > 0) throw new PendingMigrationsError(pending)
  return false
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
