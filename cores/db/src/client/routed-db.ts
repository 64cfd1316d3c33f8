/** A client whose reads go to replicas, as far as they need not see what replicas do not have yet. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { SchemaModule } from '../schema/schema.ts'
import { askDirectly } from './ask-directly.ts'
import { ScopedProvider } from './connection-providers.ts'
import {
  assembleClient,
  type DbClientOptions,
  type Routed,
  type RouteParts,
} from './create-db-client.ts'
import type { Database } from './database.ts'
import { StatementExecutor } from './executor.ts'
import { Marks } from './marks.ts'
import { Replica } from './replica.ts'
import { Replicas } from './replicas.ts'
import { RoutingExecutor } from './routing-executor.ts'
import { SessionDriver } from './session-driver.ts'
import type { StatementLayer } from './statement.ts'
import { sharedSession } from './shared-read.ts'

/** What a client with replicas is made from. */
export interface RoutedDbOptions<S extends SchemaModule> extends Omit<
  DbClientOptions<S>,
  'dialect'
> {
  /** Where changes, transactions and SQL written by hand go. */
  readonly primary: DialectPackage
  /** Copies of it, of the same dialect; they take turns. */
  readonly replicas: readonly DialectPackage[]
  /**
   * How long a changed table is read from the primary, in milliseconds, where replicas cannot tell how far they are (PostgreSQL's
   * can). @default 5_000
   */
  readonly window?: number
  /** How long a replica that was lost gets no reads, in milliseconds. @default 5_000 */
  readonly rest?: number
}

/**
 * Makes a client with replicas. A read that this process, or somebody it hears of, has changed rows for goes to the primary until a
 * replica has that change; the same when no replica can be reached. Nothing that was read from a replica is kept by a cache.
 *
 * @throws TypeError for a replica of another dialect.
 */
export function routedDb<const S extends SchemaModule>(options: RoutedDbOptions<S>): Database<S> {
  const { primary, replicas, window = 5000, rest = 5000, ...others } = options
  for (const { name } of replicas)
    if (name !== primary.name)
      throw new TypeError(`routedDb: a replica of ${primary.name} is not ${name}`)
  return assembleClient({ ...others, dialect: primary }, (made) =>
    createRoutes(made, { primary, replicas, window, rest }),
  )
}

type Servers = Required<
  Pick<RoutedDbOptions<SchemaModule>, 'primary' | 'replicas' | 'window' | 'rest'>
>

function createRoutes(made: RouteParts, servers: Servers): Routed {
  const { inner, parts, driver, holder, hidden, events, clock } = made
  const { primary, window, rest } = servers
  const { replication } = primary
  const marks = new Marks({
    clock,
    ask:
      replication === undefined
        ? undefined
        : async () => String(await askDirectly(driver, replication.written)),
  })
  events.on('commit', ({ writes }) => marks.add(writes))
  const drivers = servers.replicas.map((dialect) => driverOf(dialect, made))
  const executors = new Map(
    drivers.map((own) => [
      new Replica({ driver: own, replication, clock, rest, window }),
      executorOn(own, made),
    ]),
  )
  const executor = new RoutingExecutor(inner, parts, {
    replicas: new Replicas({ replicas: [...executors.keys()], marks, hidden }),
    executors,
    isFree() {
      const scope = holder.join.port()
      return scope?.transaction === undefined && scope?.signal?.aborted !== true
    },
  })
  return {
    executor,
    changed: (writes) => marks.add(writes),
    async destroy() {
      await Promise.all(drivers.map((own) => own.destroy()))
    },
  }
}

function driverOf(dialect: DialectPackage, { driverOptions }: RouteParts): SessionDriver {
  const driver = dialect.createDialect().createDriver()
  return new SessionDriver(driver, { ...driverOptions, noteOf: () => undefined })
}

function executorOn(
  driver: SessionDriver,
  { inner, parts, driverOptions, holder }: RouteParts,
): StatementExecutor {
  const unstorable: StatementLayer = (statement, next) => {
    holder.join.port()?.observe({ reads: [], writes: [], unstorable: true })
    return next(statement)
  }
  const { toDbError } = driverOptions
  return new StatementExecutor(inner.withConnectionProvider(new ScopedProvider(driver, holder)), {
    ...parts,
    sharedSession: () => driver.shared && sharedSession(driver.shared, toDbError),
    aloneSession: () => undefined,
    openReader: () => driver.openReader(),
    cancel: (connection, query) => driver.cancel(connection, query),
    layers: [unstorable, ...parts.layers],
  })
}
