/** The clients of tenants: each opened when it is first needed, and closed when nobody has needed it for long. */

import { currentScope, type PluginHost, type Scope } from '@mizan/server'
import type { Database } from '../client/database.ts'
import { DbError } from '../errors.ts'
import { everything } from '../query/tags.ts'
import { ambientLevel } from './ambient-level.ts'
import { Changes } from './changes.ts'
import { toDataScope } from './data-scope.ts'
import { DbOutbox } from './outbox.ts'
import type { RunTransactions } from './run-transactions.ts'

/** What stands in tags and file names without being taken for something else. */
const tenantForm = /^[A-Za-z0-9_-]{1,63}$/

/** One tenant's database. */
export interface TenantClient<S> {
  readonly database: Database<S>
  readonly changes: Changes
  readonly outbox: DbOutbox | undefined
  /** Runs that have used it and not ended. */
  readonly users: Set<Scope>
  /** Resolves when its tables are known to be as they have to be. */
  readonly ready: Promise<void>
}

/** How clients are made. */
export interface TenantClientsOptions<S> {
  readonly open: (tenant: string) => Database<S>
  readonly hasOutbox: boolean
  /** The most clients at once, as long as no more are in use. */
  readonly maximum: number
  readonly transactions: RunTransactions
  /** Checks what is stored, before the first use. */
  readonly check: (database: Database<S>) => Promise<boolean>
  /** Whether answers of a run may be kept by tenant. */
  readonly isStorable: boolean
}

/** Clients by tenant, the least recently used first. */
export class TenantClients<S> {
  readonly #options: TenantClientsOptions<S>
  readonly #clients = new Map<string, TenantClient<S>>()
  readonly #closing = new Set<Promise<void>>()
  #host: PluginHost | undefined

  constructor(options: TenantClientsOptions<S>) {
    this.#options = options
  }

  start(host: PluginHost): void {
    this.#host = host
    for (const { changes } of this.#clients.values()) changes.open(host)
  }

  /** Those that are open, by tenant. */
  get open(): ReadonlyMap<string, TenantClient<S>> {
    return this.#clients
  }

  /**
   * The client of a tenant.
   *
   * @throws DbError `invalid_tenant` for a name that is none.
   */
  of(tenant: string): TenantClient<S> {
    if (!tenantForm.test(tenant)) {
      throw new DbError(
        'invalid_tenant',
        `"${tenant.slice(0, 40)}" is no name of a tenant: letters, digits, "-" and "_", 63 at most`,
      )
    }
    const known = this.#clients.get(tenant)
    if (known !== undefined) {
      this.#clients.delete(tenant)
      this.#clients.set(tenant, known)
      return known
    }
    this.#makeRoom()
    const made = this.#create(tenant)
    this.#clients.set(tenant, made)
    return made
  }

  /** A run has ended. */
  leave(scope: Scope): void {
    for (const { users, changes } of this.#clients.values())
      if (users.delete(scope)) changes.end(scope)
  }

  async stop(): Promise<void> {
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    await Promise.all([...clients.map((one) => close(one)), ...this.#closing])
  }

  #create(tenant: string): TenantClient<S> {
    const { open, hasOutbox, transactions, check, isStorable } = this.#options
    const database = open(tenant)
    const outbox = hasOutbox ? new DbOutbox(database) : undefined
    const changes = new Changes(outbox)
    if (this.#host !== undefined) changes.open(this.#host)
    const users = new Set<Scope>()
    const own = (tag: string): string => (tag === everything ? tag : `${tenant}/${tag}`)
    let isReady = false
    database.join({
      port() {
        const scope = currentScope()
        if (scope === undefined) return undefined
        users.add(scope)
        const data = toDataScope(scope, transactions.of(scope, database), changes)
        return {
          ...data,
          observe({ reads, writes, unstorable }) {
            data.observe({
              reads: reads.map(own),
              writes: writes.map(own),
              ...(unstorable === true || !isReady || !isStorable ? { unstorable: true } : {}),
            })
          },
        }
      },
      ambient: ambientLevel,
      noteOf: (writes, session) => changes.noteOf(writes.map(own), currentScope(), session),
      storesNotes: () => changes.areStored,
      changed: (writes) => changes.tell(writes.map(own)),
    })
    const prepare = async (): Promise<void> => {
      const hasMigrated = await check(database)
      await database.learnHidden()
      await outbox?.ensure()
      isReady = true
      if (hasMigrated) await changes.tellEverything()
    }
    const ready = prepare().catch((error: unknown) => {
      // The next one tries again, with a new client.
      const client = this.#clients.get(tenant)
      if (client?.database === database) this.#clients.delete(tenant)
      this.#closeLater({ database, changes, outbox, users, ready: Promise.resolve() })
      throw error
    })
    ready.catch(() => undefined)
    return { database, changes, outbox, users, ready }
  }

  #makeRoom(): void {
    for (const [tenant, client] of this.#clients) {
      if (this.#clients.size < this.#options.maximum) return
      const { used, waiting } = client.database.load
      if (client.users.size > 0 || used > 0 || waiting > 0) continue
      this.#clients.delete(tenant)
      this.#closeLater(client)
    }
  }

  #closeLater(client: TenantClient<S>): void {
    const closing = close(client)
      .catch((error: unknown) =>
        this.#host?.logger.warn({ error }, 'a client of a tenant could not be closed'),
      )
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

async function close<S>({ database, changes, outbox, ready }: TenantClient<S>): Promise<void> {
  await ready.catch(() => undefined)
  changes.close()
  await outbox?.idle()
  await database.destroy()
}
