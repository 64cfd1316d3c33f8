/** The data core as a plugin of a server: connection, migrations at start, one transaction for each mutation. */

import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  currentScope,
  type Plugin,
  type PluginHost,
  provide,
  type Scope,
  type Token,
} from '@mizan/server'
import type { Database } from './client/database.ts'
import type { DataScope } from './client/scope-port.ts'
import type { ScopeTransaction } from './client/scope-transaction.ts'
import { MigrationError, PendingMigrationsError } from './errors.ts'
import { migrateLatest } from './migrate/runner.ts'
import { migrationStatus } from './migrate/status.ts'

/** What happens at start with migrations that are not applied. */
export type MigrationsOnBoot = 'fail-if-pending' | 'apply' | 'ignore'

/** What the plugin serves. */
export interface DbPluginOptions<S> {
  readonly database: Database<S>
  /** Services get the database by `inject(token)`. */
  readonly token?: Token<Database<S>>
  /** @default 'fail-if-pending' */
  readonly migrationsOnBoot?: MigrationsOnBoot
  /** The folder of the migrations. @default 'migrations' in the working directory, if it exists */
  readonly migrations?: string
  /** The plugin's name, where an app has several databases. @default 'db' */
  readonly name?: string
}

/** Of each run, by database: apps may share a database, and an app may have several. */
const transactions = new WeakMap<Scope, Map<object, ScopeTransaction>>()

/**
 * Joins a database to an app.
 *
 * In a function that changes things, the first statement opens a transaction; it is committed after the function has
 * returned and rolled back when it throws. Statements of contexts, and of functions with `transaction: false`, commit one
 * by one. What runs read and what they changed and committed is told to the server as data tags.
 */
export function dbPlugin<S>(options: DbPluginOptions<S>): Plugin {
  const { database } = options
  database.setScopePort(() => {
    const scope = currentScope()
    return scope && toDataScope(scope, transactions.get(scope)?.get(database))
  })
  return {
    name: options.name ?? 'db',
    ...(options.token === undefined ? {} : { provide: [provide(options.token, database)] }),
    async start(host) {
      await database.connect()
      await checkMigrations(options, host.logger)
    },
    stop: () => database.destroy(),
    async health() {
      await database.connect()
      return true
    },
    async around(scope, next) {
      if (!scope.mutates || !scope.transactionAllowed) return next(scope)
      const transaction = database.createScopeTransaction()
      const ofScope = transactions.get(scope) ?? new Map<object, ScopeTransaction>()
      transactions.set(scope, ofScope.set(database, transaction))
      scope.transaction = transaction
      let result: unknown
      try {
        result = await next(scope)
      } catch (error) {
        // The function's error is the answer; a connection that cannot roll back is lost anyway.
        await transaction.rollback().catch(() => undefined)
        throw error
      } finally {
        scope.transaction = undefined
      }
      await transaction.commit()
      return result
    },
  }
}

function toDataScope(scope: Scope, transaction: ScopeTransaction | undefined): DataScope {
  return {
    principal: () => scope.principal,
    transaction,
    // Who began to change things goes on to the end, whether or not somebody still waits for the answer: what was done
    // elsewhere (a payment, a mail) is to be written down.
    signal: scope.mutates ? undefined : scope.signal,
    observe({ reads, writes }) {
      for (const tag of reads) scope.observeRead(tag)
      for (const tag of writes) scope.observeWrite(tag)
    },
  }
}

async function checkMigrations<S>(
  options: DbPluginOptions<S>,
  logger: PluginHost['logger'],
): Promise<void> {
  const mode = options.migrationsOnBoot ?? 'fail-if-pending'
  if (mode === 'ignore') return
  const { dialect } = options.database
  const migrations = resolve(options.migrations ?? 'migrations')
  if (options.migrations === undefined && !(await exists(migrations))) {
    logger.warn(
      { migrations },
      'There is no such folder, so migrations were not checked. Name it: dbPlugin({ migrations })',
    )
    return
  }
  if (!(await exists(migrations))) {
    throw new MigrationError(
      'migration_folder',
      `dbPlugin({ migrations }): there is no folder ${migrations}; generate the first migration, or correct the path`,
    )
  }
  if (mode === 'apply') {
    await migrateLatest({
      migrations,
      dialect,
      onMigration: (id) => logger.info({ migration: id }, 'Applying a migration'),
    })
    return
  }
  const { pending } = await migrationStatus({ migrations, dialect })
  if (pending.length > 0) throw new PendingMigrationsError(pending)
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
