/** The types of `db.query.<table>`: what may be asked for, and the rows that come of it. */

import type { Expression } from 'kysely'
import type { Condition, Operators, Order } from '../query/operators.ts'
import type { Many, One } from '../schema/relations.ts'
import type { ColumnsAt, KeyOfTable, TableAt } from '../schema/schema.ts'
import type { RelationsOf } from '../schema/schema-relations.ts'
import type { InferSelect } from '../schema/table.ts'
import type { AnyTable } from '../schema/table-facts.ts'
import type { Strategy } from './loose-options.ts'

// Everything is named by a table's key and only then by the schema: so messages begin with what they are about.

type TargetOf<R> =
  R extends Many<infer Child> ? Child : R extends One<infer Parent> ? Parent : never

/** The key of the table that a relation leads to. */
type Target<Name extends keyof RelationsOf<K, S>, K, S> = KeyOfTable<
  TargetOf<RelationsOf<K, S>[Name]> & AnyTable,
  S
>

/** The name of a relation of a table. */
export type RelationName<K, S> = keyof RelationsOf<K, S>

/** The operators, and conditions on the rows of the table's relations. */
export interface RelationOperators<K, S> extends Operators {
  /** A related row meets the condition; without one, there is a related row. */
  some<Name extends RelationName<K, S>>(
    relation: Name,
    where?: Where<Target<Name, K, S>, S>,
  ): Condition
  /** No related row fails the condition; true where there is none. */
  every<Name extends RelationName<K, S>>(
    relation: Name,
    where?: Where<Target<Name, K, S>, S>,
  ): Condition
  /** No related row meets the condition; without one, there is no related row. */
  none<Name extends RelationName<K, S>>(
    relation: Name,
    where?: Where<Target<Name, K, S>, S>,
  ): Condition
}

/** A condition, or a function that is given the table and the operators. */
export type Where<K, S> =
  | Condition
  | ((table: TableAt<K, S>, operators: RelationOperators<K, S>) => Condition | undefined)

/** An order, several, or a function that is given the table and the operators. */
export type OrderBy<K, S> =
  | Order
  | readonly Order[]
  | ((table: TableAt<K, S>, operators: RelationOperators<K, S>) => Order | readonly Order[])

type Expressions = Readonly<Record<string, Expression<unknown>>>

/** Columns by name: those with `true` and no others, or all but those with `false`. */
export type ColumnOptionsOf<K, S> = { readonly [Name in keyof ColumnsAt<K, S>]?: boolean }

/** Relations by name whose rows are counted: all of them, or those that meet a condition. */
export type CountOptions<K, S> = {
  readonly [Name in RelationName<K, S>]?:
    | boolean
    | { readonly where?: Where<Target<Name, K, S>, S> }
}

/** What of a row is wanted. */
export interface RowOptions<K, S> {
  /** Columns with `true` and no others; or all but those with `false`. @default all */
  readonly columns?: ColumnOptionsOf<K, S>
  /** Expressions by name: `extras: (t) => ({ length: typed(sql`length(${t.title})`, integer()) })`. */
  readonly extras?:
    | Expressions
    | ((table: TableAt<K, S>, operators: RelationOperators<K, S>) => Expressions)
  /** Relations to bring along. */
  readonly with?: WithOptions<K, S>
  /** How many rows relations have: `_count: { tasks: true }`, or with a condition. */
  readonly _count?: CountOptions<K, S>
  /** How related rows are fetched; all ways give the same rows. @default by the schema and the shape of the query */
  readonly strategy?: Strategy
}

/** Which rows are wanted. */
export interface FindOptions<K, S> extends RowOptions<K, S> {
  readonly where?: Where<K, S>
  /** The primary key comes last by itself, so that every order is total. */
  readonly orderBy?: OrderBy<K, S>
  readonly limit?: number
  readonly offset?: number
  /** Only rows behind this cursor, the `next` of a page of the same order. */
  readonly after?: string | undefined
}

/** Options of `findUnique`. */
export interface FindUniqueOptions<K, S> extends RowOptions<K, S> {
  /** Equality with all columns of a key, and perhaps more. */
  readonly where: Where<K, S>
}

/** Options of `findPage`. */
export interface PageOptions<K, S> extends RowOptions<K, S> {
  readonly where?: Where<K, S>
  /** The primary key comes last by itself, so that every order is total. */
  readonly orderBy?: OrderBy<K, S>
  /** @default 50 */
  readonly limit?: number
  /** Only rows behind this cursor, the `next` of the page before. */
  readonly after?: string | undefined
}

/** Which related rows are wanted. */
export interface RelatedOptions<K, S> extends RowOptions<K, S> {
  readonly where?: Where<K, S>
  readonly orderBy?: OrderBy<K, S>
  readonly limit?: number
  readonly offset?: number
}

/** Some rows, and where the next begin. */
export interface Page<Row> {
  readonly rows: Row[]
  /** For `after`; undefined on the last page. */
  readonly next: string | undefined
}

/** Relations by name: `true`, or options of their own. */
export type WithOptions<K, S> = {
  readonly [Name in RelationName<K, S>]?:
    | boolean
    | (RelationsOf<K, S>[Name] extends Many
        ? RelatedOptions<Target<Name, K, S>, S>
        : RowOptions<Target<Name, K, S>, S>)
}

type KeysWith<Chosen, Value> = {
  [Name in keyof Chosen]: Chosen[Name] extends Value ? Name : never
}[keyof Chosen]

type ChosenColumns<Row, Options> = Options extends { readonly columns: infer Chosen }
  ? [KeysWith<Chosen, true>] extends [never]
    ? Omit<Row, KeysWith<Chosen, false>>
    : Pick<Row, KeysWith<Chosen, true> & keyof Row>
  : Row

type Related<R, S, Options> =
  R extends Many<infer Child>
    ? FoundRow<KeyOfTable<Child, S>, S, Options>[]
    : R extends One<infer Parent, infer Nullable>
      ? Nullable extends false
        ? FoundRow<KeyOfTable<Parent, S>, S, Options>
        : FoundRow<KeyOfTable<Parent, S>, S, Options> | null
      : never

type RelatedOf<K, S, Options> = Options extends { readonly with: infer Wanted }
  ? {
      [Name in Exclude<keyof Wanted, KeysWith<Wanted, false>> & RelationName<K, S>]: Related<
        RelationsOf<K, S>[Name],
        S,
        Wanted[Name]
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
export type FoundRow<K, S, Options> = Flatten<
  ChosenColumns<InferSelect<ColumnsAt<K, S>>, Options> &
    ExtrasOf<Options> &
    RelatedOf<K, S, Options> &
    CountsOf<Options>
>
