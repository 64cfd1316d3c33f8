/** The data core as a plugin of a server: connection, migrations at start, one transaction for each mutation, its purges. */

import {
  currentScope,
  type Plugin,
  provide,
  type Scope,
  type TelemetryMeter,
  type Token,
} from '@mizan/server'
import type { Database } from '../client/database.ts'
import type { ScopeTransaction } from '../client/scope-transaction.ts'
import { ambientLevel } from './ambient-level.ts'
import { Changes } from './changes.ts'
import { toDataScope } from './data-scope.ts'
import { checkMigrations, type MigrationsOnBoot } from './check-migrations.ts'
import { observeLoad } from './observe-load.ts'
import { DbOutbox } from './outbox.ts'
import {
  assertOutsideWrites,
  feedOf,
  installOutsideWrites,
  listenToOutsideWrites,
} from './outside-writes.ts'

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
  /** Whether commits store what they purge in `mizan_outbox`, so that no crash forgets it. @default true */
  readonly outbox?: boolean
  /**
   * Whether changes of other programs are heard, where the database can tell of them (PostgreSQL). `true` makes it tell, by triggers,
   * for which the login must own the tables; `listen` leaves that to `installOutsideWrites`. @default false
   */
  readonly outsideWrites?: boolean | 'listen'
  /**
   * Settings that a run's statements are under, for policies of the database: `(scope) => ({ 'app.user_id': scope.principal?.id ?? '' })`
   * is read there by `current_setting('app.user_id')`. All statements of a run are in one transaction then, of contexts in one that only
   * reads; they end with it, so that the next user of the connection has none of them. Functions with `transaction: false` are
   * under none. PostgreSQL has them.
   */
  readonly bind?: (scope: Scope) => Readonly<Record<string, string>>
  /** Gauges of connections in use and of who waits for one. */
  readonly meter?: TelemetryMeter
}

/** Of each run, by database: apps may share a database, and an app may have several. */
const transactions = new WeakMap<Scope, Map<object, ScopeTransaction>>()

/**
 * Joins a database to an app.
 *
 * In a function that changes things, the first statement opens a transaction; it is committed after the function has
 * returned and rolled back when it throws. Statements of contexts, and of functions with `transaction: false`, commit one
 * by one. What runs read and what they changed and committed is told to the server as data tags; so is what code outside of
 * runs changes through the database.
 */
export function dbPlugin<S>(options: DbPluginOptions<S>): Plugin {
  const { database } = options
  const name = options.name ?? 'db'
  const outbox = options.outbox === false ? undefined : new DbOutbox(database)
  const changes = new Changes(outbox)
  const { outsideWrites = false } = options
  if (outsideWrites !== false) feedOf(database)
  const { bind } = options
  const { localSettings } = database.dialect
  if (bind !== undefined && localSettings === undefined)
    throw new TypeError(
      `dbPlugin({ bind }): ${database.dialect.name} has no settings that end with a transaction`,
    )
  /** The transaction that a run is in from its first statement; undefined where statements commit one by one. */
  const transactionOf = (scope: Scope): ScopeTransaction | undefined => {
    if (scope.mutates && !scope.transactionAllowed) return undefined
    const first = bind && localSettings && (() => localSettings(bind(scope)))
    if (scope.mutates) return database.createScopeTransaction(first && { first })
    return (
      first && database.createScopeTransaction({ settings: { accessMode: 'read only' }, first })
    )
  }
  let listening: AsyncDisposable | undefined
  database.join({
    port: () => {
      const scope = currentScope()
      return scope && toDataScope(scope, transactions.get(scope)?.get(database), changes)
    },
    ambient: ambientLevel,
    noteOf: (writes, session) => changes.noteOf(writes, currentScope(), session),
    storesNotes: () => changes.areStored,
    changed: (writes) => changes.tell(writes),
  })
  if (options.meter !== undefined) observeLoad(options.meter, name, () => database.load)
  return {
    name,
    ...(options.token === undefined ? {} : { provide: [provide(options.token, database)] }),
    ...(outbox === undefined ? {} : { outbox }),
    async start(host) {
      await database.connect()
      const hasMigrated = await checkMigrations({
        dialect: database.dialect,
        mode: options.migrationsOnBoot ?? 'fail-if-pending',
        migrations: options.migrations,
        logger: host.logger,
      })
      await database.learnHidden()
      await outbox?.ensure()
      changes.open(host)
      if (outsideWrites === true) await installOutsideWrites(database)
      if (outsideWrites === 'listen') await assertOutsideWrites(database)
      if (outsideWrites !== false)
        listening = await listenToOutsideWrites(database, changes, host.logger)
      // Nobody observed what it did with the rows.
      if (hasMigrated) await changes.tellEverything()
    },
    async stop() {
      await listening?.[Symbol.asyncDispose]()
      changes.close()
      await outbox?.idle()
      await database.destroy()
    },
    async health() {
      await database.connect()
      return true
    },
    inspect: () => ({ dialect: database.dialect.name, connections: database.load }),
    async around(scope, next) {
      const transaction = transactionOf(scope)
      if (transaction === undefined) {
        try {
          return await next(scope)
        } finally {
          changes.end(scope)
        }
      }
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
