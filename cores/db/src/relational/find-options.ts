/** The types of `db.query.<table>`: what may be asked for, and the rows that come of it. */

import type { Expression } from 'kysely'
import type { Condition, Operators, Order } from '../query/operators.ts'
import type { Many, One, Relations } from '../schema/relations.ts'
import type { ColumnBuilders, InferSelect } from '../schema/table.ts'
import type { AnyTable, tableFacts } from '../schema/table-facts.ts'
import type { Strategy } from './loose-options.ts'

type OfTable<R> = R extends Relations<infer Of, unknown> ? Of[typeof tableFacts]['name'] : never

/** Distributes over several declarations for one table, so that the checker need not compare them with each other. */
type Taking<R> =
  R extends Relations<AnyTable, infer Declared> ? (declared: Declared) => void : never

/** The relations of all tables by database name, as parameters; the checker makes it once for each schema. */
type RelationsByTable<S> = { readonly [K in keyof S as OfTable<S[K]>]: Taking<S[K]> }

/**
 * The relations that a schema module declares for a table.
 *
 * Looked up by inference: `keyof` of a mapped type that renames its keys would be computed anew each time, for all tables.
 */
export type RelationsOf<S, T extends AnyTable> =
  RelationsByTable<S> extends Readonly<Record<T[typeof tableFacts]['name'], infer Takes>>
    ? [Takes] extends [(declared: infer All) => void]
      ? All
      : never
    : unknown

type ColumnsOf<T> = T extends { readonly $columns: infer C extends ColumnBuilders } ? C : never

type TargetOf<R> =
  R extends Many<infer Child> ? Child : R extends One<infer Parent> ? Parent : never

/** The operators, and conditions on the rows of the table's relations. */
export interface RelationOperators<S, T extends AnyTable> extends Operators {
  /** A related row meets the condition; without one, there is a related row. */
  some<K extends keyof RelationsOf<S, T>>(
    relation: K,
    where?: Where<S, TargetOf<RelationsOf<S, T>[K]>>,
  ): Condition
  /** No related row fails the condition; true where there is none. */
  every<K extends keyof RelationsOf<S, T>>(
    relation: K,
    where?: Where<S, TargetOf<RelationsOf<S, T>[K]>>,
  ): Condition
  /** No related row meets the condition; without one, there is no related row. */
  none<K extends keyof RelationsOf<S, T>>(
    relation: K,
    where?: Where<S, TargetOf<RelationsOf<S, T>[K]>>,
  ): Condition
}

/** A condition, or a function that is given the table and the operators. */
export type Where<S, T extends AnyTable> =
  | Condition
  | ((table: T, operators: RelationOperators<S, T>) => Condition | undefined)

/** An order, several, or a function that is given the table and the operators. */
export type OrderBy<S, T extends AnyTable> =
  | Order
  | readonly Order[]
  | ((table: T, operators: RelationOperators<S, T>) => Order | readonly Order[])

type Expressions = Readonly<Record<string, Expression<unknown>>>

/** What of a row is wanted. */
export interface RowOptions<S, T extends AnyTable> {
  /** Columns with `true` and no others; or all but those with `false`. @default all */
  readonly columns?: { readonly [K in keyof ColumnsOf<T>]?: boolean }
  /** Expressions by name: `extras: (t) => ({ length: typed(sql`length(${t.title})`, integer()) })`. */
  readonly extras?: Expressions | ((table: T, operators: RelationOperators<S, T>) => Expressions)
  /** Relations to bring along. */
  readonly with?: WithOptions<S, T>
  /** How many rows relations have: `_count: { tasks: true }`, or with a condition. */
  readonly _count?: {
    readonly [K in keyof RelationsOf<S, T>]?:
      | boolean
      | { readonly where?: Where<S, TargetOf<RelationsOf<S, T>[K]>> }
  }
  /** How related rows are fetched; all ways give the same rows. @default by the schema and the shape of the query */
  readonly strategy?: Strategy
}

/** Which rows are wanted. */
export interface FindOptions<S, T extends AnyTable> extends RowOptions<S, T> {
  readonly where?: Where<S, T>
  /** The primary key comes last by itself, so that every order is total. */
  readonly orderBy?: OrderBy<S, T>
  readonly limit?: number
  readonly offset?: number
  /** Only rows behind this cursor, the `next` of a page of the same order. */
  readonly after?: string | undefined
}

/** Options of `findUnique`. */
export interface FindUniqueOptions<S, T extends AnyTable> extends RowOptions<S, T> {
  /** Equality with all columns of a key, and perhaps more. */
  readonly where: Where<S, T>
}

/** Options of `findPage`. */
export interface PageOptions<S, T extends AnyTable> extends Omit<FindOptions<S, T>, 'offset'> {
  /** @default 50 */
  readonly limit?: number
}

/** Some rows, and where the next begin. */
export interface Page<Row> {
  readonly rows: Row[]
  /** For `after`; undefined on the last page. */
  readonly next: string | undefined
}

/** Relations by name: `true`, or options of their own. */
export type WithOptions<S, T extends AnyTable> = {
  readonly [K in keyof RelationsOf<S, T>]?:
    | boolean
    | (RelationsOf<S, T>[K] extends Many<infer Child>
        ? Omit<FindOptions<S, Child>, 'after'>
        : RelationsOf<S, T>[K] extends One<infer Parent>
          ? RowOptions<S, Parent>
          : never)
}

type KeysWith<Chosen, Value> = {
  [K in keyof Chosen]: Chosen[K] extends Value ? K : never
}[keyof Chosen]

type ChosenColumns<Row, Options> = Options extends { readonly columns: infer Chosen }
  ? [KeysWith<Chosen, true>] extends [never]
    ? Omit<Row, KeysWith<Chosen, false>>
    : Pick<Row, KeysWith<Chosen, true> & keyof Row>
  : Row

type Related<S, R, Options> =
  R extends Many<infer Child>
    ? FoundRow<S, Child, Options>[]
    : R extends One<infer Parent, infer Nullable>
      ? Nullable extends false
        ? FoundRow<S, Parent, Options>
        : FoundRow<S, Parent, Options> | null
      : never

type RelatedOf<S, T extends AnyTable, Options> = Options extends { readonly with: infer Wanted }
  ? {
      [K in Exclude<keyof Wanted, KeysWith<Wanted, false>> & keyof RelationsOf<S, T>]: Related<
        S,
        RelationsOf<S, T>[K],
        Wanted[K]
      >
    }
  : unknown

type ValuesOf<E> = { [K in keyof E]: E[K] extends Expression<infer V> ? V : never }

type ExtrasOf<Options> = Options extends { readonly extras: infer E }
  ? E extends (...given: never[]) => infer Made
    ? ValuesOf<Made>
    : ValuesOf<E>
  : unknown

type CountsOf<Options> = Options extends { readonly _count: infer Counted }
  ? { _count: { [K in Exclude<keyof Counted, KeysWith<Counted, false>>]: number } }
  : unknown

type Flatten<Row> = { -readonly [K in keyof Row]: Row[K] } & {}

/** A row of `findMany` with the given options. */
export type FoundRow<S, T extends AnyTable, Options> = Flatten<
  ChosenColumns<InferSelect<ColumnsOf<T>>, Options> &
    ExtrasOf<Options> &
    RelatedOf<S, T, Options> &
    CountsOf<Options>
>
