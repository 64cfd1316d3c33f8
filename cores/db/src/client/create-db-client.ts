/** The composition root of a client. */

import { DefaultQueryExecutor, type QueryExecutor } from 'kysely'
import { assertTypes, withCustomTypes } from '../dialect/custom-codecs.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { QueryBinder } from '../query/binder.ts'
import { HiddenEffects } from '../schema/hidden-effects.ts'
import { RecentlyUsed } from '../query/recently-used.ts'
import { readSchema, type SchemaModule } from '../schema/schema.ts'
import { type JoinHolder, ScopedProvider } from './connection-providers.ts'
import { Database } from './database.ts'
import type { OtherServers } from './database-parts.ts'
import { DbEventTarget } from './events.ts'
import { StatementExecutor } from './executor.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { explainViolations } from './explain-violations.ts'
import { observe } from './observe.ts'
import type { ScopePort } from './scope-port.ts'
import { SessionDriver, type SessionDriverOptions } from './session-driver.ts'
import type { StatementLayer } from './statement.ts'
import type { StatementSession } from './session.ts'
import { type SendShared, sharedSession } from './shared-read.ts'
import { tell } from './tell.ts'
import { tellDeveloper } from './tell-developer.ts'
import { type DbTelemetryOptions, traceStatements } from './telemetry.ts'

/** What a client is made from. */
export interface DbClientOptions<S extends SchemaModule> {
  /** `import * as schema from './schema.ts'` */
  readonly schema: S
  /** `postgres({ url })`, `sqlite({ url })`, `mysql({ url })` */
  readonly dialect: DialectPackage
  /** The run around the caller. @default none; `dbPlugin` sets it */
  readonly scope?: ScopePort
  /** Layers around every statement, outside those of the client. */
  readonly layers?: readonly StatementLayer[]
  /** How long a statement waits for a connection while all are in use, in milliseconds. @default 10_000 */
  readonly acquireTimeout?: number
  /** Statements that take longer are told as `slowQuery`, in milliseconds; null: none. @default 200 */
  readonly slowQueryThreshold?: number | null
  /** Spans and durations of statements. @default none */
  readonly telemetry?: DbTelemetryOptions
  /** Milliseconds, for durations of events. @default performance.now */
  readonly clock?: () => number
  /** Told what a listener threw. @default ignored */
  readonly onListenerError?: (error: unknown) => void
}

/** Makes a client. It connects with its first statement and is closed by `destroy()`. */
export function createDbClient<const S extends SchemaModule>(
  options: DbClientOptions<S>,
): Database<S> {
  return assembleClient(options)
}

/** What a client's executor is made of, for those that send some statements elsewhere. */
export interface RouteParts {
  readonly inner: QueryExecutor
  readonly parts: ExecutorParts
  readonly driver: SessionDriver
  readonly driverOptions: SessionDriverOptions
  readonly holder: JoinHolder
  readonly hidden: HiddenEffects
  readonly events: DbEventTarget
  readonly clock: () => number
}

/** The executor of a client, and what ends with it. */
export interface Routed extends OtherServers {
  readonly executor: StatementExecutor
}

/** A client; `route` may send some of its statements elsewhere. */
export function assembleClient<const S extends SchemaModule>(
  options: DbClientOptions<S>,
  route?: (parts: RouteParts) => Routed,
): Database<S> {
  const schema = readSchema(options.schema)
  const hidden = new HiddenEffects(options.schema)
  assertTypes(schema, options.dialect)
  const own: DialectPackage = Object.freeze({
    ...options.dialect,
    codecs: withCustomTypes(options.dialect.codecs),
  })
  const dialect = own.createDialect()
  const compiler = dialect.createQueryCompiler()
  const holder: JoinHolder = { join: { port: options.scope ?? (() => undefined) } }
  const clock = options.clock ?? (() => performance.now())
  const driverOptions: SessionDriverOptions = {
    toDbError: own.toDbError,
    compileQuery: (node, queryId) => compiler.compileQuery(node, queryId),
    concurrency: own.capabilities.concurrency,
    acquireTimeout: options.acquireTimeout ?? 10_000,
    noteOf: (writes) => holder.join.noteOf?.(writes),
    ambient: () => holder.join.ambient,
  }
  const driver = new SessionDriver(dialect.createDriver(), driverOptions)
  const events = new DbEventTarget(options.onListenerError ?? (() => undefined))
  tellDeveloper(events)
  const binder = new QueryBinder(schema, own)
  const inner = new DefaultQueryExecutor(
    compiler,
    dialect.createAdapter(),
    new ScopedProvider(driver, holder),
  )
  const sharedBy = (find: () => SendShared | undefined): StatementSession | undefined => {
    const scope = holder.join.port()
    if (scope?.transaction !== undefined || scope?.signal?.aborted === true) return undefined
    const send = find()
    return send && sharedSession(send, own.toDbError)
  }
  const { telemetry } = options
  const system = own.systemName ?? own.name
  const parts: ExecutorParts = {
    binder,
    dialect: own,
    prepared: new RecentlyUsed(),
    concurrency: own.capabilities.concurrency,
    sharedSession: () => sharedBy(() => driver.shared),
    aloneSession: () => sharedBy(() => driver.sharedAlone),
    isFree: () => holder.join.port()?.transaction === undefined,
    openReader: () => driver.openReader(),
    cancel: (connection, query) => driver.cancel(connection, query),
    beforeQuery: () => events.beforeQuery,
    layers: [
      ...(options.layers ?? []),
      ...(telemetry === undefined ? [] : [traceStatements(telemetry, system, clock)]),
      tell(events, {
        clock,
        slow: options.slowQueryThreshold === undefined ? 200 : options.slowQueryThreshold,
      }),
      observe({ schema, hidden, dialect: own, join: () => holder.join, events }),
      explainViolations(schema),
    ],
  }
  const others = route?.({ inner, parts, driver, driverOptions, holder, hidden, events, clock })
  const executor = others?.executor ?? new StatementExecutor(inner, parts)
  return new Database<S>({
    schema,
    hidden,
    dialect: own,
    driver,
    holder,
    events,
    preparedFinds: new RecentlyUsed(),
    others,
    tracer: telemetry?.tracer,
    kysely: { config: { dialect }, driver, executor, dialect },
  })
}
