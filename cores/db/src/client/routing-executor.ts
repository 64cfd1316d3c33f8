/** The executor of a client with replicas: reads go to one that has what they must see, everything else to the primary. */

import type {
  AbortableOperationOptions,
  CompiledQuery,
  KyselyPlugin,
  QueryExecutor,
  QueryResult,
} from 'kysely'
import { StatementExecutor } from './executor.ts'
import type { ExecutorParts } from './executor-parts.ts'
import type { Replica } from './replica.ts'
import type { Replicas } from './replicas.ts'

/** A replica, and the way to it. */
export interface ReplicaRoute {
  readonly replica: Replica
  readonly executor: StatementExecutor
}

/** What the executor chooses from. */
export interface Routes {
  readonly replicas: Replicas<Replica>
  readonly executors: ReadonlyMap<Replica, StatementExecutor>
  /** Whether the caller is outside of transactions, and still there. */
  readonly isFree: () => boolean
}

/** Bound to a connection or a transaction it is the primary's own executor. */
export class RoutingExecutor extends StatementExecutor {
  readonly #own: { readonly inner: QueryExecutor; readonly parts: ExecutorParts }
  readonly #routes: Routes

  constructor(inner: QueryExecutor, parts: ExecutorParts, routes: Routes) {
    super(inner, parts)
    this.#own = { inner, parts }
    this.#routes = routes
  }

  override executeQuery<R>(
    query: CompiledQuery<R>,
    options?: AbortableOperationOptions,
  ): Promise<QueryResult<R>> {
    const route = this.#routeOf(query)
    if (route === undefined) return super.executeQuery(query, options)
    return route.executor.executeQuery(query, options).catch((error: unknown) => {
      if (!route.replica.isLostBy(error)) throw error
      return super.executeQuery(query, options)
    })
  }

  override async *stream<R>(
    query: CompiledQuery<R>,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const route = this.#routeOf(query)
    if (route !== undefined) {
      let hasBegun = false
      try {
        for await (const part of route.executor.stream(query, chunkSize, options)) {
          hasBegun = true
          yield part
        }
        return
      } catch (error) {
        // Rows that were given cannot be given again.
        if (hasBegun || !route.replica.isLostBy(error)) throw error
      }
    }
    yield* super.stream(query, chunkSize, options)
  }

  override withPlugin(plugin: KyselyPlugin): StatementExecutor {
    return this.#map((one) => one.withPlugin(plugin))
  }

  override withPlugins(plugins: readonly KyselyPlugin[]): StatementExecutor {
    return this.#map((one) => one.withPlugins(plugins))
  }

  override withPluginAtFront(plugin: KyselyPlugin): StatementExecutor {
    return this.#map((one) => one.withPluginAtFront(plugin))
  }

  override withoutPlugins(): StatementExecutor {
    return this.#map((one) => one.withoutPlugins())
  }

  #map(
    change: <E extends Pick<QueryExecutor, PluginMethods>>(one: E) => QueryExecutor,
  ): RoutingExecutor {
    const executors = new Map(
      [...this.#routes.executors].map(([replica, one]) => [
        replica,
        change(one) as StatementExecutor, // cast: of one comes another
      ]),
    )
    const { inner, parts } = this.#own
    return new RoutingExecutor(change(inner), parts, { ...this.#routes, executors })
  }

  #routeOf(query: CompiledQuery): ReplicaRoute | undefined {
    const { replicas, executors, isFree } = this.#routes
    if (!isFree()) return undefined
    const replica = replicas.choose(query.query, this.analysisOf(query))
    const executor = replica && executors.get(replica)
    return replica === undefined || executor === undefined ? undefined : { replica, executor }
  }
}

type PluginMethods = 'withPlugin' | 'withPlugins' | 'withPluginAtFront' | 'withoutPlugins'
