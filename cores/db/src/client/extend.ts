/** `$extends`: methods beside tables, and computed members of rows. */

import type {
  FindOptions,
  FindUniqueOptions,
  FoundRow,
  Page,
  PageOptions,
} from '../relational/find-options.ts'
import type { LooseOptions } from '../relational/loose-options.ts'
import type { LooseRelationalQuery, RelationalQuery } from '../relational/relational-query.ts'
import type { ColumnsAt, SchemaModule, TableKeys } from '../schema/schema.ts'
import type { InferSelect } from '../schema/table.ts'
import type { Database } from './database.ts'
import type { TransactionOptions } from './transaction-options.ts'

/** The columns of a row that a computed member sees: those that it needs. */
export type NeededRow<K, S, Needs> = Flatten<
  Pick<InferSelect<ColumnsAt<K, S>>, keyof Needs & keyof ColumnsAt<K, S>>
>

// What must not be there stands in types that nothing is inferred from: `Exclude` sees to that.

declare const wrong: unique symbol

/** What no value is: a column that the table does not have. */
export interface NoSuchColumn<Table, Column> {
  readonly [wrong]: [Table, Column]
}

/** What no value is: a table that the schema does not have. */
export interface NoSuchTable<Name> {
  readonly [wrong]: Name
}

type NoSuchColumns<K, S, Needs> = {
  readonly [Column in Exclude<keyof Needs, keyof ColumnsAt<K, S>>]?: NoSuchColumn<K, Column>
}

type NoSuchTables<S, Needs> = {
  readonly [K in Exclude<keyof Needs, TableKeys<S>>]?: NoSuchTable<K>
}

/** A member that is computed from columns of its row. */
export interface ComputedMember<K, S, Needs> {
  /** The columns that it is computed from; they are fetched even where they are not asked for. */
  readonly needs: Needs & { readonly [Column in keyof ColumnsAt<K, S>]?: true } & NoSuchColumns<
      K,
      S,
      Needs
    >
  /** Sees the columns of `needs`, and no others. */
  readonly compute: (row: NeededRow<K, S, Needs>) => unknown
}

/** Computed members by table and name; `Needs` is which columns they need. */
export type ResultExtensions<S, Needs> = {
  readonly [K in keyof Needs]: {
    readonly [Name in keyof Needs[K]]: ComputedMember<K, S, Needs[K][Name]>
  }
}

/** What a client is extended by: methods by table and name, in which `this` is `db.query.<table>`, and computed members. */
export interface Extensions<S, M, R, Needs> {
  readonly model?: {
    readonly [K in keyof M]: M[K] & ThisType<ExtendedQueries<S, R>[K & TableKeys<S>]>
  }
  readonly result?: ResultExtensions<S, Needs> & NoSuchTables<S, Needs> & R
}

type ComputedOf<R, K> = K extends keyof R
  ? {
      -readonly [N in keyof R[K]]: R[K][N] extends { readonly compute: (row: never) => infer V }
        ? V
        : never
    }
  : unknown

type Flatten<T> = { [K in keyof T]: T[K] } & {}

/** `db.query.<table>` whose rows have computed members. */
export interface ExtendedQuery<K, S, Computed> {
  findMany<const Options extends FindOptions<K, S>>(
    options?: Options & FindOptions<K, S>,
  ): Promise<Flatten<FoundRow<K, S, Options> & Computed>[]>
  findFirst<const Options extends FindOptions<K, S>>(
    options?: Options & FindOptions<K, S>,
  ): Promise<Flatten<FoundRow<K, S, Options> & Computed> | undefined>
  findUnique<const Options extends FindUniqueOptions<K, S>>(
    options: Options & FindUniqueOptions<K, S>,
  ): Promise<Flatten<FoundRow<K, S, Options> & Computed> | undefined>
  findPage<const Options extends PageOptions<K, S>>(
    options: Options & PageOptions<K, S>,
  ): Promise<Page<Flatten<FoundRow<K, S, Options> & Computed>>>
}

/** The nested queries of an extended client. */
export type ExtendedQueries<S, R> = {
  readonly [K in TableKeys<S>]: K extends keyof R
    ? ExtendedQuery<K, S, ComputedOf<R, K>>
    : RelationalQuery<K, S>
}

/** The methods that were added, by table. */
export type Models<S, M> = {
  readonly [K in keyof M & TableKeys<S>]: M[K]
}

/** A client with extensions; inside its transactions they are there too. */
export type ExtendedDatabase<S, M, R> = Omit<Database<S>, 'query' | 'transaction' | 'savepoint'> & {
  readonly query: ExtendedQueries<S, R>
  transaction<T>(work: (tx: ExtendedDatabase<S, M, R>) => Promise<T>): Promise<T>
  transaction<T>(
    options: TransactionOptions,
    work: (tx: ExtendedDatabase<S, M, R>) => Promise<T>,
  ): Promise<T>
  savepoint<T>(work: (sp: ExtendedDatabase<S, M, R>) => Promise<T>): Promise<T>
} & Models<S, M>

type LooseComputed = Readonly<
  Record<
    string,
    { readonly needs: Readonly<Record<string, true>>; readonly compute: (row: Row) => unknown }
  >
>
interface LooseExtensions {
  readonly model?: Readonly<
    Record<string, Readonly<Record<string, (...given: unknown[]) => unknown>>>
  >
  readonly result?: Readonly<Record<string, LooseComputed>>
}
type Row = Record<string, unknown>

/**
 * Makes a client with extensions of another.
 *
 * @throws TypeError for a table that the schema does not have, and for a name that is taken.
 */
export function extend<S extends SchemaModule>(
  db: Database<S>,
  extensions: LooseExtensions,
): object {
  const queries: Record<string, LooseRelationalQuery> = {
    ...(db.query as unknown as Record<string, LooseRelationalQuery>),
  } // cast: without types
  for (const [key, computed] of Object.entries(extensions.result ?? {})) {
    const table = db.tables.tables.get(key)
    const query = queries[key]
    if (table === undefined || query === undefined)
      throw new TypeError(`$extends: the schema has no table "${key}"`)
    for (const name of Object.keys(computed))
      if (table.columns.has(name) || db.tables.relations.get(table)?.has(name) === true)
        throw new TypeError(`$extends: "${key}" has a "${name}" already`)
    queries[key] = withComputed(query, computed)
  }
  const models: Record<string, unknown> = {}
  for (const [key, methods] of Object.entries(extensions.model ?? {})) {
    const query = queries[key]
    if (query === undefined) throw new TypeError(`$extends: the schema has no table "${key}"`)
    if (key in db)
      throw new TypeError(`$extends: a client has a "${key}" already; rename the table's key`)
    models[key] = Object.freeze(Object.assign(Object.create(query), methods))
  }
  const again = (tx: Database<S>): object => extend(tx, extensions)
  return new Proxy(db, {
    get(target, name) {
      if (name === 'query') return queries
      if (typeof name === 'string' && Object.hasOwn(models, name)) return models[name]
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      if (name !== 'transaction' && name !== 'savepoint') return member.bind(target)
      return (...given: unknown[]) => {
        const work = given.at(-1)
        if (typeof work !== 'function') return member.apply(target, given)
        return member.call(target, ...given.slice(0, -1), (tx: Database<S>) => work(again(tx)))
      }
    },
    has: (target, name) => name in target || name in models,
  })
}

function withComputed(query: LooseRelationalQuery, computed: LooseComputed): LooseRelationalQuery {
  const needed = new Set(Object.values(computed).flatMap(({ needs }) => Object.keys(needs)))
  const widened = (
    options: LooseOptions = {},
  ): { options: LooseOptions; dropped: readonly string[] } => {
    const { columns } = options
    if (columns === undefined) return { options, dropped: [] }
    const isChoice = Object.values(columns).includes(true)
    const dropped = [...needed].filter((key) =>
      isChoice ? columns[key] !== true : columns[key] === false,
    )
    const added = Object.fromEntries(dropped.map((key) => [key, true]))
    return {
      options: {
        ...options,
        columns: {
          ...columns,
          ...(isChoice ? added : Object.fromEntries(dropped.map((key) => [key, undefined]))),
        },
      },
      dropped,
    }
  }
  const compute = (row: Row, dropped: readonly string[]): Row => {
    const made: Row = {}
    const seen = Object.fromEntries([...needed].map((key) => [key, row[key]]))
    for (const [name, member] of Object.entries(computed)) made[name] = member.compute(seen)
    for (const key of dropped) delete row[key]
    return Object.assign(row, made)
  }
  const one = (row: Row | undefined, dropped: readonly string[]): Row | undefined =>
    row && compute(row, dropped)
  return {
    async findMany(given) {
      const { options, dropped } = widened(given)
      return (await query.findMany(options)).map((row) => compute(row, dropped))
    },
    async findFirst(given) {
      const { options, dropped } = widened(given)
      return one(await query.findFirst(options), dropped)
    },
    async findUnique(given) {
      const { options, dropped } = widened(given)
      return one(await query.findUnique(options), dropped)
    },
    async findPage(given) {
      const { options, dropped } = widened(given)
      const { rows, next } = await query.findPage(options)
      return { rows: rows.map((row) => compute(row, dropped)), next }
    },
  }
}
