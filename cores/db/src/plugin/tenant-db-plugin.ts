/** A database for each tenant: the same services, and in each run the tables of whoever it runs for. */

import {
  currentScope,
  type Logger,
  type Plugin,
  type PluginHost,
  provide,
  type Scope,
  type TelemetryMeter,
  type Token,
} from '@mizan/server'
import type { Database } from '../client/database.ts'
import { DbError } from '../errors.ts'
import { checkMigrations, type MigrationsOnBoot } from './check-migrations.ts'
import { observeLoad } from './observe-load.ts'
import type { DbOutbox } from './outbox.ts'
import { RunTransactions } from './run-transactions.ts'
import { TenantClients } from './tenant-clients.ts'
import { createTenantDatabase } from './tenant-database.ts'
import { TenantOutbox } from './tenant-outbox.ts'

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What the plugin serves. */
export interface TenantDbPluginOptions<S> {
  /**
   * Makes the client of a tenant: another database, or the same with another schema (`postgres({ url, searchPath })`). Called once for
   * each tenant as long as the client is open. What it throws is the answer: for a tenant that there is not.
   */
  readonly open: (tenant: string) => Database<S>
  /** Services get the database of the tenant that they run for by `inject(token)`. */
  readonly token?: Token<Database<S>>
  /**
   * The tenant of a run. With one of your own, answers are kept by no cache: only the principal's tenant is part of their keys.
   *
   * @default the principal's `tenant`
   */
  readonly tenantOf?: (scope: Scope) => string | undefined
  /** Tenants whose databases are opened and checked when the app starts. @default none: each with its first use */
  readonly tenants?: () => Promise<readonly string[]>
  /** @default 'fail-if-pending', checked when a tenant's database is first used */
  readonly migrationsOnBoot?: MigrationsOnBoot
  /** The folder of the migrations. @default 'migrations' in the working directory, if it exists */
  readonly migrations?: string
  /** @default 'tenants' */
  readonly name?: string
  /** Whether commits store what they purge, in `mizan_outbox` of their tenant. @default true */
  readonly outbox?: boolean
  /** The most clients that are kept open; the one that was not used for longest is closed. Those in use stay. @default 50 */
  readonly maximum?: number
  /** Gauges of connections in use and of who waits for one, over all tenants. */
  readonly meter?: TelemetryMeter
}

/** The plugin, and the way to a tenant's database from outside of runs. */
export interface TenantDbPlugin<S> extends Plugin {
  /** The database of a tenant, for jobs and scripts; closed by the plugin. */
  of(tenant: string): Promise<Database<S>>
}

/**
 * Joins the databases of tenants to an app, each as `dbPlugin` would: a transaction for each mutation, tags, purges. Tags are those of
 * one tenant (`acme/tasks:id=5`), so that a change reaches no cache and no page of another.
 */
export function tenantDbPlugin<S>(options: TenantDbPluginOptions<S>): TenantDbPlugin<S> {
  const { name = 'tenants', migrationsOnBoot = 'fail-if-pending', tenantOf } = options
  const transactions = new RunTransactions()
  let host: PluginHost | undefined
  const clients = new TenantClients<S>({
    open: options.open,
    hasOutbox: options.outbox !== false,
    maximum: options.maximum ?? 50,
    transactions,
    isStorable: tenantOf === undefined,
    check: ({ dialect }) =>
      checkMigrations({
        dialect,
        mode: migrationsOnBoot,
        migrations: options.migrations,
        // Before the app has started it has not begun to log.
        logger: host?.logger ?? silent,
      }),
  })
  const tenantIn = (scope: Scope): string | undefined =>
    tenantOf === undefined ? scope.principal?.tenant : tenantOf(scope)
  const database = createTenantDatabase<S>(() => clients.of(requireTenant(tenantIn)).database)
  const outboxes = function* (): Iterable<readonly [string, DbOutbox]> {
    for (const [tenant, { outbox }] of clients.open)
      if (outbox !== undefined) yield [tenant, outbox]
  }
  const load = (): { used: number; waiting: number } => {
    const sum = { used: 0, waiting: 0 }
    for (const { database: one } of clients.open.values()) {
      sum.used += one.load.used
      sum.waiting += one.load.waiting
    }
    return sum
  }
  if (options.meter !== undefined) observeLoad(options.meter, name, load)
  return {
    name,
    ...(options.token === undefined ? {} : { provide: [provide(options.token, database)] }),
    ...(options.outbox === false ? {} : { outbox: new TenantOutbox(name, outboxes) }),
    async of(tenant) {
      const { database: own, ready } = clients.of(tenant)
      await ready
      return own
    },
    async start(given) {
      host = given
      clients.start(given)
      for (const tenant of (await options.tenants?.()) ?? []) await clients.of(tenant).ready
    },
    stop: () => clients.stop(),
    async health() {
      for (const { ready } of clients.open.values()) await ready
      return true
    },
    inspect: () => ({ tenants: clients.open.size, connections: load() }),
    async around(scope, next) {
      try {
        if (!scope.mutates) return await next(scope)
        // Its commit writes into tables that have to be there.
        const tenant = tenantIn(scope)
        if (tenant !== undefined) await clients.of(tenant).ready
        if (!scope.transactionAllowed) return await next(scope)
        return await transactions.around(scope, async () => next(scope))
      } finally {
        clients.leave(scope)
      }
    },
  }
}

function requireTenant(tenantIn: (scope: Scope) => string | undefined): string {
  const scope = currentScope()
  if (scope === undefined) {
    throw new DbError(
      'no_tenant',
      'Outside of runs nobody says whose database is meant: await plugin.of(tenant)',
    )
  }
  const tenant = tenantIn(scope)
  if (tenant !== undefined) return tenant
  throw new DbError(
    'no_tenant',
    `${scope.functionName} uses the database of a tenant, and its caller has none: identity.resolve gives a principal its "tenant"`,
  )
}
