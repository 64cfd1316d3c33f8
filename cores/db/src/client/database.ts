/** The client: Kysely's whole API typed by the schema, table values and operators on top of it, transactions that nest. */

import {
  type AliasedExpression,
  type Compilable,
  type CompiledQuery,
  type Expression,
  Kysely,
  type QueryResult,
  type TransactionBuilder,
} from 'kysely'
import { DbError } from '../errors.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Loose } from '../relational/nodes.ts'
import { createRelationalQueries, type RelationalQueries } from '../relational/relational-query.ts'
import type { KeyOfTable, KyselySchema, Schema } from '../schema/schema.ts'
import { type AnyTable, tableFacts } from '../schema/table-facts.ts'
import { type BatchResults, executeBatch, toExecuteResult } from './batch.ts'
import { assertWanted, TransactionProvider } from './connection-providers.ts'
import type { BeforeQuery, DbEvents, DbListener } from './events.ts'
import { extend, type ExtendedDatabase, type Extensions } from './extend.ts'
import { modifiable } from './modifiable.ts'
import type {
  DeleteQuery,
  InsertQuery,
  SelectFrom,
  Selection,
  TableIn,
  UpdateQuery,
} from './table-queries.ts'
import type { DatabaseParts } from './database-parts.ts'
import { repeatTransaction } from './retry.ts'
import { type ExecuteSql, runDirectly } from './run-directly.ts'
import { ScopeTransaction, type ScopeTransactionOptions } from './scope-transaction.ts'
import type { ClientJoin } from './scope-port.ts'
import { traceTransaction } from './telemetry.ts'
import { SessionAt } from './session-at.ts'
import { asSession, type DriverLoad, levelOf } from './session-driver.ts'
import { toSettings, type TransactionOptions } from './transaction-options.ts'

/** A database client. */
export class Database<S> extends Kysely<KyselySchema<S>> {
  readonly #parts: DatabaseParts
  readonly #isTransaction: boolean
  #query: RelationalQueries<S> | undefined

  constructor(parts: DatabaseParts, isTransaction = false) {
    super(parts.kysely)
    this.#parts = parts
    this.#isTransaction = isTransaction
  }

  /** The facts of the database's dialect. */
  get dialect(): DialectPackage {
    return this.#parts.dialect
  }

  /** The tables, at run time. */
  get tables(): Schema {
    return this.#parts.schema
  }

  override get isTransaction(): boolean {
    return this.#isTransaction
  }

  /** Rows with their relations: `db.query.users.findMany({ with: { posts: true } })`. */
  get query(): RelationalQueries<S> {
    this.#query ??= createRelationalQueries<S>({
      // cast: without the schema's types the builder takes names of any kind
      kysely: this as unknown as Kysely<Loose>,
      schema: this.#parts.schema,
      dialect: this.#parts.dialect,
      prepared: this.#parts.preparedFinds,
      snapshot: () => this.#snapshot(),
    })
    return this.#query
  }

  /** Selects all columns of a table, or named expressions: `db.select({ id: users.id }).from(users)`. */
  select(): SelectFrom<S, undefined>
  select<const Chosen extends Selection>(chosen: Chosen): SelectFrom<S, Chosen>
  select(chosen?: Selection): SelectFrom<S, undefined> {
    return {
      from: (table) => {
        // cast: without the schema's types the builder takes names of any kind; the signature names the row
        const untyped = this as unknown as Kysely<Loose>
        const query = untyped.selectFrom(this.#keyOf(table))
        const selected =
          chosen === undefined
            ? query.selectAll()
            : query.select(
                Object.entries(chosen).map(([name, expression]) => this.#named(name, expression)),
              )
        return modifiable(selected) as never // cast: the signature names the row
      },
    }
  }

  /**
   * This client with methods beside tables (`model`) and computed members of rows (`result`):
   *
   * ```ts
   * const extended = db.$extends({
   *   result: { people: { initials: { needs: { name: true }, compute: (person) => person.name.slice(0, 1) } } },
   *   model: { people: { byName(name: string) { return this.findFirst({ where: (p, { eq }) => eq(p.name, name) }) } } },
   * })
   * ```
   *
   * @throws TypeError for a table that the schema does not have, and for a name that is taken.
   */
  $extends<Needs, R = object, M = object>(
    extensions: Extensions<S, M, R, Needs>,
  ): ExtendedDatabase<S, M, R> {
    // cast: the members that the extensions name; the types say which
    return extend(this as unknown as Database<never>, extensions as never) as ExtendedDatabase<
      S,
      M,
      R
    >
  }

  /** Inserts into a table. */
  insert<T extends AnyTable>(table: T & TableIn<S, T>): InsertQuery<KeyOfTable<T, S>, S> {
    return this.insertInto(this.#keyOf(table) as never) as never // cast: the key of a table of this schema
  }

  /** Updates a table. */
  update<T extends AnyTable>(table: T & TableIn<S, T>): UpdateQuery<KeyOfTable<T, S>, S> {
    return this.updateTable(this.#keyOf(table) as never) as never // cast: the key of a table of this schema
  }

  /** Deletes from a table. */
  delete<T extends AnyTable>(table: T & TableIn<S, T>): DeleteQuery<KeyOfTable<T, S>, S> {
    return this.deleteFrom(this.#keyOf(table) as never) as never // cast: the key of a table of this schema
  }

  /** Kysely's transaction builder. */
  override transaction(): TransactionBuilder<KyselySchema<S>>
  /**
   * Runs `work` in a transaction: committed when it returns, rolled back when it throws. Inside another transaction, or in
   * a run that has one, it is a savepoint.
   */
  override transaction<T>(work: (tx: Database<S>) => Promise<T>): Promise<T>
  override transaction<T>(
    options: TransactionOptions,
    work: (tx: Database<S>) => Promise<T>,
  ): Promise<T>
  override transaction<T>(
    first?: TransactionOptions | ((tx: Database<S>) => Promise<T>),
    second?: (tx: Database<S>) => Promise<T>,
  ): TransactionBuilder<KyselySchema<S>> | Promise<T> {
    if (first === undefined) return super.transaction()
    const work = typeof first === 'function' ? first : second
    if (work === undefined)
      throw new TypeError('transaction(options, work): the second argument is a function')
    return this.#repeatedly(typeof first === 'function' ? {} : first, work)
  }

  /**
   * A boundary inside a transaction: what `work` did is undone when it throws, and only that.
   *
   * @throws DbError `no_transaction` outside of one.
   */
  savepoint<T>(work: (sp: Database<S>) => Promise<T>): Promise<T> {
    if (this.#isTransaction) return this.transaction(work)
    return Promise.reject(
      new DbError('no_transaction', 'savepoint(work) stands inside transaction(async (tx) => …)'),
    )
  }

  /**
   * Runs statements in one go, in this order, stored together or not at all: one round trip where transactions do not stay open
   * while code runs (D1, SQL over HTTP), a transaction elsewhere.
   *
   * ```ts
   * const [, [row]] = await db.batch([db.insert(tasks).values({ title }), db.select().from(tasks)])
   * ```
   *
   * @returns for each what its `execute()` gives.
   */
  async batch<const Q extends readonly Compilable[]>(
    queries: Q,
    options: Omit<TransactionOptions, 'retries'> = {},
  ): Promise<BatchResults<Q>> {
    const { driver, holder } = this.#parts
    const compiled = queries.map((query) => query.compile())
    const send = driver.sendBatch
    let results: readonly QueryResult<unknown>[]
    if (send === undefined) {
      results = await this.transaction(options, async (tx) => {
        const all: QueryResult<unknown>[] = []
        for (const query of compiled) all.push(await tx.executeQuery(query))
        return all
      })
    } else {
      assertWanted(holder.join.port()?.signal)
      const executor = this.getExecutor()
      results = await executeBatch(compiled, {
        settings: toSettings(options),
        send,
        driver,
        execute: (query, provider) => executor.withConnectionProvider(provider).executeQuery(query),
      })
    }
    const { supportsReturning } = this.getExecutor().adapter
    return results.map((result, at) =>
      toExecuteResult(compiled[at] as CompiledQuery, result, supportsReturning === true),
    ) as unknown as BatchResults<Q> // cast: each as the builder's own type says
  }

  /** Hears of statements and commits, or changes statements before they run; call what is returned to stop. */
  on(name: 'beforeQuery', hook: BeforeQuery): () => void
  on<Name extends keyof DbEvents>(name: Name, listener: DbListener<Name>): () => void
  on(name: 'beforeQuery' | keyof DbEvents, listener: never): () => void {
    const { events } = this.#parts
    return name === 'beforeQuery' ? events.onBeforeQuery(listener) : events.on(name, listener)
  }

  /** Joins the client to the app that it is used in; a plugin does this. The last one counts. */
  join(join: ClientJoin): void {
    this.#parts.holder.join = join
  }

  /** A transaction for a run, opened by the run's first statement. */
  createScopeTransaction(options?: ScopeTransactionOptions): ScopeTransaction {
    return new ScopeTransaction(this.#parts.driver, options)
  }

  /**
   * Runs SQL for Mizan's own tables: past layers and events, observed by nobody.
   *
   * @param where in the transaction of the run, if it has one; `apart`: never
   */
  runDirectly<T>(where: 'in run' | 'apart', work: (execute: ExecuteSql) => Promise<T>): Promise<T> {
    return runDirectly(this.#parts, where, work)
  }

  /** Others have changed something: what has data tags of `writes` is not read from a replica that does not have it yet. */
  changedElsewhere(writes: readonly string[]): void {
    this.#parts.others?.changed(writes)
  }

  /** Asks the database which tables have triggers, and which are views: only then is it known what observation would miss. */
  async learnHidden(): Promise<void> {
    const { hidden, dialect } = this.#parts
    const found = await this.runDirectly('apart', (execute) =>
      Promise.resolve(dialect.observation?.hidden(async (sql) => (await execute(sql)).rows)),
    )
    if (found !== undefined) hidden.learn(found)
  }

  /** Connections in use, and statements that wait for one. */
  get load(): DriverLoad {
    return this.#parts.driver.load
  }

  /**
   * Connects, to learn early that the database can be reached.
   *
   * @throws ConnectionError when it cannot.
   */
  async connect(): Promise<void> {
    const { driver } = this.#parts
    await driver.releaseConnection(await driver.acquireConnection())
  }

  override destroy(): Promise<void> {
    if (this.#isTransaction) {
      return Promise.reject(
        new DbError('in_transaction', 'destroy() is called on the client, not on a transaction'),
      )
    }
    const { driver, others } = this.#parts
    return Promise.all([driver.destroy(), others?.destroy()]).then(() => undefined)
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isTransaction) await this.destroy()
  }

  /** Only the outermost is run again: an inner one stands in what came before it. */
  async #repeatedly<T>(
    options: TransactionOptions,
    work: (tx: Database<S>) => Promise<T>,
  ): Promise<T> {
    const { events } = this.#parts
    const isOutermost =
      !this.#isTransaction && this.#parts.holder.join.port()?.transaction === undefined
    if (!isOutermost) {
      if (options.retries !== undefined)
        throw new DbError('nested_transaction', 'retries are set on the outermost transaction only')
      return this.#run(options, work)
    }
    const { tracer, dialect } = this.#parts
    const attributes = { 'db.system.name': dialect.systemName ?? dialect.name }
    return traceTransaction(tracer, attributes, () =>
      repeatTransaction(() => this.#run(options, work), options, events),
    )
  }

  async #run<T>(options: TransactionOptions, work: (tx: Database<S>) => Promise<T>): Promise<T> {
    const settings = toSettings(options)
    const executor = this.getExecutor()
    return executor.provideConnection(async (connection) => {
      const session = asSession(connection)
      const level = await session.begin(settings, levelOf(connection))
      const { ambient } = this.#parts.holder.join
      level.isMarked = ambient !== undefined
      const provider = new TransactionProvider(new SessionAt(session, level))
      const kysely = { ...this.#parts.kysely, executor: executor.withConnectionProvider(provider) }
      try {
        const tx = new Database<S>({ ...this.#parts, kysely }, true)
        const result = await (ambient === undefined ? work(tx) : ambient.run(level, () => work(tx)))
        provider.end()
        await session.commit(level)
        return result
      } catch (error) {
        provider.end()
        // The first error is the one to hear of; a connection that cannot roll back is lost anyway.
        await session.rollback(level).catch(() => undefined)
        throw error
      }
    })
  }

  /** Several statements on one state; inside a transaction of another isolation that is not to be had. */
  #snapshot(): (<T>(work: (kysely: Kysely<Loose>) => Promise<T>) => Promise<T>) | undefined {
    if (!this.#parts.dialect.capabilities.transactions) return undefined
    if (this.#isTransaction || this.#parts.holder.join.port()?.transaction !== undefined)
      return undefined
    return (work) =>
      // cast: without the schema's types the builder takes names of any kind
      this.#run({ isolation: 'repeatable read', accessMode: 'read only' }, (tx) =>
        work(tx as unknown as Kysely<Loose>),
      )
  }

  #keyOf(table: AnyTable): string {
    const facts = table[tableFacts]
    const key = this.#parts.schema.keys.get(facts)
    if (key === undefined) {
      throw new DbError(
        'unknown_table',
        `table "${facts.name}" is not part of this client's schema; export it from the schema module`,
      )
    }
    return key
  }

  #named(name: string, expression: Expression<unknown>): AliasedExpression<unknown, string> {
    if ('as' in expression && typeof expression.as === 'function') {
      return expression.as(name) as AliasedExpression<unknown, string> // cast: aliasable
    }
    throw new TypeError(`select({ ${name} }): give a column or an expression that can have a name`)
  }
}
