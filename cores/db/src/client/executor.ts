/** The one executor that every statement passes, whichever query layer it comes from. */

import { intercept } from '@mizan/protocol'
import {
  type AbortableOperationOptions,
  type CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  type DialectAdapter,
  type KyselyPlugin,
  type QueryExecutor,
  type QueryId,
  type QueryResult,
  type RootOperationNode,
  createQueryId,
  SelectQueryNode,
} from 'kysely'
import { StreamingNotSupportedError } from '../errors.ts'
import type { Analysis } from '../query/analysis.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { QueryBinder, Slots } from '../query/binder.ts'
import { Fingerprint } from '../query/fingerprint.ts'
import { PreparedQuery, ReadyQuery, type RecentlyUsed, unplaced } from '../query/prepared-query.ts'
import { holdConnection } from './hold-connection.ts'
import { decodeRows, isDecoded, withTexts } from './decode-rows.ts'
import type { Session, StatementSession } from './session.ts'
import { asSession, levelOf } from './session-driver.ts'
import { sharingOf } from './shared-read.ts'
import type { Statement, StatementLayer } from './statement.ts'
import { toldStream } from './told-stream.ts'

/** What all executors of a client share. */
export interface ExecutorParts {
  readonly binder: QueryBinder
  readonly dialect: DialectPackage
  /** The statements that were made before. */
  readonly prepared: RecentlyUsed<PreparedQuery>
  /** The first is the outermost: events, policies, observation, cache. */
  readonly layers: readonly StatementLayer[]
  /** False: there is one connection, which a loop over a stream must not keep from the statements in its body. */
  readonly concurrency: boolean
  /** The session of a short read outside of transactions; undefined when it needs a connection of its own. */
  readonly sharedSession: () => StatementSession | undefined
  /** The same for a read that may be long. @default it needs a connection of its own */
  readonly aloneSession?: () => StatementSession | undefined
  /** Whether the caller is in no transaction of a run. */
  readonly isFree: () => boolean
  /** A session for one stream, where there is one connection for everything else. */
  readonly openReader: () => Promise<{ session: Session; close: () => void } | undefined>
  /** Ends a statement if a connection is busy with it. */
  readonly cancel: (connection: DatabaseConnection, query: QueryId) => Promise<void>
  /** What listeners made of a statement before it runs; undefined when there are none. */
  readonly beforeQuery: () => ((node: RootOperationNode) => Promise<RootOperationNode>) | undefined
}

/** Binds, runs the layers, decodes. Compiling, plugins and connections are Kysely's. */
export class StatementExecutor implements QueryExecutor {
  readonly #inner: QueryExecutor
  readonly #parts: ExecutorParts
  /** It belongs to a transaction, or to one connection. */
  readonly #isBound: boolean

  constructor(inner: QueryExecutor, parts: ExecutorParts, isBound = false) {
    this.#inner = inner
    this.#parts = parts
    this.#isBound = isBound
  }

  get adapter(): DialectAdapter {
    return this.#inner.adapter
  }

  get plugins(): readonly KyselyPlugin[] {
    return this.#inner.plugins
  }

  /** Kysely calls this for subqueries too, while they are built; names are bound when the whole is compiled. */
  transformQuery<N extends RootOperationNode>(node: N, queryId: QueryId): N {
    return this.#inner.transformQuery(node, queryId)
  }

  compileQuery<R = unknown>(node: RootOperationNode, queryId: QueryId): CompiledQuery<R> {
    const { binder, prepared, beforeQuery } = this.#parts
    if (
      !SelectQueryNode.is(node) ||
      binder.analysisOf(node) !== undefined ||
      beforeQuery() !== undefined
    )
      return this.#inner.compileQuery(binder.bind(node, queryId), queryId)
    const print = new Fingerprint()
    print.node(node)
    const { key, values, slots } = print
    if (key === undefined) return this.#inner.compileQuery(binder.bind(node, queryId), queryId)
    let known = prepared.get(key)
    if (known === undefined) {
      known = this.prepare(node, slots)
      if (known === undefined) return this.#inner.compileQuery(binder.bind(node, queryId), queryId)
      prepared.set(key, known)
    }
    return known.with(values, node) as CompiledQuery as CompiledQuery<R> // cast: the row type is the query builder's
  }

  /** Statements are what they were: neither hooks nor plugins change them on the way. */
  get repeats(): boolean {
    return this.plugins.length === 0 && this.#parts.beforeQuery() === undefined
  }

  /** Makes a statement whose values come with each run; undefined for one that changes something. */
  prepare(node: RootOperationNode, slots: Slots): PreparedQuery | undefined {
    const { binder, dialect } = this.#parts
    const queryId = createQueryId()
    const bound = binder.bind(node, queryId, slots)
    const analysis = binder.analysisOf(bound)
    if (isChange(analysis) || analysis === undefined) return undefined
    // The tree stands for all runs, so nothing is said of it that holds for the values of this one.
    binder.setAnalysis(bound, unplaced(analysis))
    return new PreparedQuery({
      compiled: this.#inner.compileQuery(bound, queryId),
      analysis,
      dialect,
      slotOf: ({ equals }) => equals?.source && slots.get(equals.source),
      sharing: sharingOf(bound, analysis),
    })
  }

  provideConnection<T>(
    consumer: (connection: DatabaseConnection) => Promise<T>,
    options?: AbortableOperationOptions,
  ): Promise<T> {
    return this.#inner.provideConnection(consumer, options)
  }

  executeQuery<R>(
    query: CompiledQuery<R>,
    options?: AbortableOperationOptions,
  ): Promise<QueryResult<R>> {
    if (options?.signal === undefined && this.#parts.beforeQuery() === undefined)
      return this.#execute<R>(query, options)
    return this.#executeHeard<R>(query, options)
  }

  async #executeHeard<R>(
    query: CompiledQuery<R>,
    options: AbortableOperationOptions | undefined,
  ): Promise<QueryResult<R>> {
    options?.signal?.throwIfAborted()
    return this.#execute<R>(await this.#throughHooks(query), options)
  }

  #execute<R>(
    query: CompiledQuery,
    options: AbortableOperationOptions | undefined,
  ): Promise<QueryResult<R>> {
    const analysis = this.analysisOf(query)
    const signal = options?.signal
    const shared = signal === undefined ? this.#sharedFor(query, analysis) : undefined
    const result =
      shared === undefined
        ? this.provideConnection(
            (connection) =>
              this.#cancellable(
                signal,
                () => this.#parts.cancel(connection, query.queryId),
                () =>
                  this.#through(
                    query,
                    analysis,
                    asSession(connection).statement(levelOf(connection)),
                  ),
              ),
            options,
          )
        : this.#through(query, analysis, shared)
    // cast: the row type is the query builder's
    return this.plugins.length === 0
      ? (result as Promise<QueryResult<R>>)
      : result.then((one) => this.#throughPlugins<R>(one, query.queryId))
  }

  async *stream<R>(
    query: CompiledQuery<R>,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    options?.signal?.throwIfAborted()
    const { capabilities, name } = this.#parts.dialect
    const sent = await this.#throughHooks(query)
    const analysis = this.analysisOf(sent)
    if (!capabilities.streaming && !isChange(analysis)) throw new StreamingNotSupportedError(name)
    // What a change did is known when it is done, not with its first row.
    const held = isChange(analysis) ? undefined : await this.#holdFor(sent, options)
    if (held === undefined) {
      yield await this.#execute<R>(sent, options)
      return
    }
    const { signal } = options ?? {}
    const leave = (): void => void held.cancel().catch(() => undefined)
    signal?.addEventListener('abort', leave, { once: true })
    try {
      for await (const part of this.#streamOn(sent, { ...held, analysis, chunkSize })) {
        signal?.throwIfAborted()
        yield await this.#throughPlugins<R>(part, query.queryId)
      }
    } finally {
      signal?.removeEventListener('abort', leave)
      await held.release()
    }
  }

  #streamOn(
    query: CompiledQuery,
    { session, analysis, chunkSize }: StreamParts,
  ): AsyncIterableIterator<QueryResult<unknown>> {
    const { query: node, sql, parameters, queryId } = query
    const output = analysis?.output
    const sent = withTexts(query, output)
    async function* read(): AsyncIterableIterator<QueryResult<unknown>> {
      for await (const part of session.streamQuery(sent, chunkSize))
        yield { ...part, rows: decodeRows(part.rows, output) }
    }
    return toldStream(
      this.#parts.layers,
      { node, sql, parameters, queryId, analysis, session },
      read,
    )
  }

  withConnectionProvider(provider: ConnectionProvider): StatementExecutor {
    return new StatementExecutor(this.#inner.withConnectionProvider(provider), this.#parts, true)
  }

  withPlugin(plugin: KyselyPlugin): StatementExecutor {
    return this.#with(this.#inner.withPlugin(plugin))
  }

  withPlugins(plugins: readonly KyselyPlugin[]): StatementExecutor {
    return this.#with(this.#inner.withPlugins(plugins))
  }

  withPluginAtFront(plugin: KyselyPlugin): StatementExecutor {
    return this.#with(this.#inner.withPluginAtFront(plugin))
  }

  withoutPlugins(): StatementExecutor {
    return this.#with(this.#inner.withoutPlugins())
  }

  #with(inner: QueryExecutor): StatementExecutor {
    return new StatementExecutor(inner, this.#parts, this.#isBound)
  }

  async #throughHooks<R>(query: CompiledQuery<R>): Promise<CompiledQuery<R>> {
    const before = this.#parts.beforeQuery()
    if (before === undefined) return query
    const written =
      (query instanceof ReadyQuery ? query.written : undefined) ??
      this.#parts.binder.writtenOf(query.query)
    const changed = await before(written)
    if (changed === written) return query
    return this.#inner.compileQuery<R>(
      this.#parts.binder.bind(changed, query.queryId),
      query.queryId,
    )
  }

  #sharedFor(query: CompiledQuery, analysis: Analysis | undefined): StatementSession | undefined {
    if (this.#isBound) return undefined
    const sharing =
      query instanceof ReadyQuery ? query.prepared.sharing : sharingOf(query.query, analysis)
    if (sharing === 'never') return undefined
    return sharing === 'beside' ? this.#parts.sharedSession() : this.#parts.aloneSession?.()
  }

  /** What is known of a statement, by the values that it has; undefined for one that was made elsewhere. */
  analysisOf(query: CompiledQuery): Analysis | undefined {
    return query instanceof ReadyQuery ? query.analysis : this.#parts.binder.analysisOf(query.query)
  }

  #through(
    query: CompiledQuery,
    analysis: Analysis | undefined,
    session: StatementSession,
  ): Promise<QueryResult<unknown>> {
    const { query: node, sql, parameters, queryId } = query
    const statement: Statement = { node, sql, parameters, queryId, analysis, session }
    const result = intercept(this.#parts.layers, statement, (last) => this.#run(last, query))
    return session.finish === undefined ? result : result.finally(session.finish)
  }

  /** Ends a statement whose caller has left; the connection is given back when the database has heard of it. */
  async #cancellable<T>(
    signal: AbortSignal | undefined,
    cancel: () => Promise<void>,
    work: () => Promise<T>,
  ): Promise<T> {
    if (signal === undefined) return work()
    let heard: Promise<void> | undefined
    const leave = (): void => {
      heard ??= cancel().catch(() => undefined)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await work()
    } finally {
      signal.removeEventListener('abort', leave)
      await heard
    }
  }

  #run(statement: Statement, query: CompiledQuery): Promise<QueryResult<unknown>> {
    const { node, queryId, session } = statement
    const output = statement.analysis?.output
    const compiled = node === query.query ? query : this.#inner.compileQuery(node, queryId)
    const result = session.executeQuery<unknown>(withTexts(compiled, output))
    return isDecoded(output)
      ? result.then((one) => ({ ...one, rows: decodeRows(one.rows, output) }))
      : result
  }

  async #throughPlugins<R>(
    result: QueryResult<unknown>,
    queryId: QueryId,
  ): Promise<QueryResult<R>> {
    let current = result as QueryResult<Record<string, unknown>> // cast: rows are objects by column name
    for (const plugin of this.#inner.plugins)
      current = await plugin.transformResult({ queryId, result: current })
    return current as QueryResult<R> // cast: the row type is the query builder's
  }

  /** Where a stream is read; undefined where its rows come whole: there is one connection, and its body needs that. */
  async #holdFor(
    { queryId }: CompiledQuery,
    options: AbortableOperationOptions | undefined,
  ): Promise<Held | undefined> {
    if (this.#parts.concurrency) {
      const { connection, release } = await holdConnection((consumer) =>
        this.provideConnection(consumer, options),
      )
      return {
        session: asSession(connection).statement(levelOf(connection)),
        cancel: () => this.#parts.cancel(connection, queryId),
        release,
      }
    }
    const reader =
      this.#isBound || !this.#parts.isFree() ? undefined : await this.#parts.openReader()
    return (
      reader && {
        session: reader.session.statement(),
        cancel: () => Promise.resolve(),
        release: () => Promise.resolve(reader.close()),
      }
    )
  }
}

/** A connection that a stream has. */
interface Held {
  readonly session: StatementSession
  readonly cancel: () => Promise<void>
  readonly release: () => Promise<void>
}

interface StreamParts extends Held {
  readonly analysis: Analysis | undefined
  readonly chunkSize: number
}

function isChange(analysis: Analysis | undefined): boolean {
  return analysis === undefined || analysis.opaque === 'write' || analysis.writes.length > 0
}
