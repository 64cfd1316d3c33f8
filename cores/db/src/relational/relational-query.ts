/** `db.query.<table>`: rows with their relations, in one statement. */

import type { Kysely } from 'kysely'
import { StatementExecutor } from '../client/executor.ts'
import { Fingerprint } from '../query/fingerprint.ts'
import type { PreparedQuery } from '../query/prepared-query.ts'
import type { RecentlyUsed } from '../query/recently-used.ts'
import { DbError } from '../errors.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Schema, TableKeys } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { FindOptions, FoundRow, Page, PageOptions, FindUniqueOptions } from './find-options.ts'
import { buildQuery } from './build.ts'
import { assembled, findRows, takeCursors } from './find-rows.ts'
import type { Level, PlanContext } from './level.ts'
import { type LooseOptions, wholeNumber } from './loose-options.ts'
import type { Loose } from './nodes.ts'
import { addShape } from './option-shape.ts'
import { planLevel } from './plan.ts'
import { resolveOptions } from './resolve-options.ts'
import { primaryKeyOf } from './relation-join.ts'

/** The nested queries of one table. */
export interface RelationalQuery<K, S> {
  /** All rows that the options ask for, in a total order. */
  findMany<const Options extends FindOptions<K, S>>(
    options?: Options & FindOptions<K, S>,
  ): Promise<FoundRow<K, S, Options>[]>
  /** The first of them. */
  findFirst<const Options extends FindOptions<K, S>>(
    options?: Options & FindOptions<K, S>,
  ): Promise<FoundRow<K, S, Options> | undefined>
  /**
   * The row that a key names.
   *
   * @throws DbError `not_unique` when the condition does not give the values of a primary key or a unique constraint.
   */
  findUnique<const Options extends FindUniqueOptions<K, S>>(
    options: Options & FindUniqueOptions<K, S>,
  ): Promise<FoundRow<K, S, Options> | undefined>
  /** `limit` rows after a cursor, and the cursor of the next page; pages neither skip nor repeat rows that stay. */
  findPage<const Options extends PageOptions<K, S>>(
    options: Options & PageOptions<K, S>,
  ): Promise<Page<FoundRow<K, S, Options>>>
}

/** The nested queries of all tables, by key. */
export type RelationalQueries<S> = {
  readonly [K in TableKeys<S>]: RelationalQuery<K, S>
}

/** What nested queries are made with. */
export interface RelationalContext {
  readonly kysely: Kysely<Loose>
  readonly schema: Schema
  readonly dialect: DialectPackage
  /** The queries that were made before. */
  readonly prepared: PreparedFinds
  /** Runs several statements on one state of the database; undefined where that cannot be. */
  readonly snapshot: () =>
    | (<T>(work: (kysely: Kysely<Loose>) => Promise<T>) => Promise<T>)
    | undefined
}

/** Queries by their shape. */
export type PreparedFinds = RecentlyUsed<{ readonly query: PreparedQuery; readonly level: Level }>

/** Makes `db.query`. */
export function createRelationalQueries<S>(context: RelationalContext): RelationalQueries<S> {
  const entries = [...context.schema.tables].map(
    ([key, table]) => [key, createQuery(table, context)] as const,
  )
  // cast: one entry for each table of the schema; the interface carries the rows
  return Object.freeze(Object.fromEntries(entries)) as unknown as RelationalQueries<S>
}

type Row = Record<string, unknown>

/** The same without types. */
export interface LooseRelationalQuery {
  findMany(options?: LooseOptions): Promise<Row[]>
  findFirst(options?: LooseOptions): Promise<Row | undefined>
  findUnique(options: LooseOptions): Promise<Row | undefined>
  findPage(options: LooseOptions): Promise<Page<Row>>
}

function createQuery(table: TableFacts, context: RelationalContext): LooseRelationalQuery {
  const { schema, dialect, kysely, prepared } = context
  const find = async (
    options: LooseOptions,
    { cursor, check }: { readonly cursor?: true; readonly check?: (level: Level) => void } = {},
  ): Promise<Row[]> => {
    const snapshot = context.snapshot()
    let aliases = 0
    const plan: PlanContext = {
      schema,
      dialect,
      canSplit: snapshot !== undefined,
      nextAlias: () => `r${aliases++}`,
    }
    const resolved = resolveOptions(table, options, plan)
    const print = new Fingerprint(dialect)
    print.text(`${table.identity}:${cursor}:${plan.canSplit}`)
    addShape(print, resolved)
    const executor = kysely.getExecutor()
    const repeats = executor instanceof StatementExecutor && executor.repeats
    const key = repeats ? print.key : undefined
    const known = key === undefined ? undefined : prepared.get(key)
    const again = known?.query.with(print.values)
    if (known !== undefined && again !== undefined) {
      check?.(known.level)
      const result = await executor.executeQuery<Row>(again)
      return assembled(result.rows, known.level)
    }
    const level = planLevel(table, resolved, plan)
    check?.(level)
    const hidden = cursor === true ? { cursor } : {}
    if (snapshot !== undefined && level.relations.some((one) => one.strategy === 'split'))
      return snapshot((inside) => findRows(level, { kysely: inside, dialect }, hidden))
    if (key !== undefined && executor instanceof StatementExecutor) {
      const query = executor.prepare(
        buildQuery(level, { kysely, dialect }, hidden).toOperationNode(),
        print,
      )
      const first = query.takes(print.values.length) ? query.with(print.values) : undefined
      if (first !== undefined) {
        prepared.set(key, { query, level })
        const result = await executor.executeQuery<Row>(first)
        return assembled(result.rows, level)
      }
    }
    return findRows(level, { kysely, dialect }, hidden)
  }
  return {
    findMany: async (options = {}) => find(options),
    findFirst: async (options = {}) => (await find({ ...options, limit: 1 }))[0],
    findUnique: async (options) =>
      (await find(options, { check: (level) => assertOneRow(level, table) }))[0],
    findPage: async (options) => {
      const limit = wholeNumber('limit', options.limit) ?? 50
      let level: Level | undefined
      const rows = await find(
        { ...options, limit: limit + 1 },
        {
          cursor: true,
          check(planned) {
            level = planned
          },
        },
      )
      const isLast = rows.length <= limit
      const at = isLast ? -1 : limit - 1
      return { rows: rows.slice(0, limit), next: level && takeCursors(rows, at, level) }
    },
  }
}

function assertOneRow(level: Level, table: TableFacts): void {
  if (level.isOneRow) return
  const key = primaryKeyOf(table)
    .map((column) => `eq(t.${column.key}, …)`)
    .join(', ')
  throw new DbError(
    'not_unique',
    `findUnique of "${table.name}": the condition must give the values of a key, such as ${key}; otherwise use findFirst`,
  )
}
