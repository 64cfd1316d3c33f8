/** The types of `db.query.<table>`: what may be asked for, and the rows that come of it. */

import type { Condition, Operators, Order } from '../query/operators.ts'
import type { Many, One, Relations } from '../schema/relations.ts'
import type { ColumnBuilders, InferSelect } from '../schema/table.ts'
import type { AnyTable, tableFacts } from '../schema/table-facts.ts'

/** The relations that a schema module declares for a table. */
export type RelationsOf<S, T extends AnyTable> = {
  [K in keyof S]: S[K] extends Relations<infer Of, infer R>
    ? Of[typeof tableFacts]['name'] extends T[typeof tableFacts]['name']
      ? R
      : never
    : never
}[keyof S]

type ColumnsOf<T> = T extends { readonly $columns: infer C extends ColumnBuilders } ? C : never

/** A condition, or a function that is given the table and the operators. */
export type Where<T> = Condition | ((table: T, operators: Operators) => Condition | undefined)

/** An order, several, or a function that is given the table and the operators. */
export type OrderBy<T> =
  | Order
  | readonly Order[]
  | ((table: T, operators: Operators) => Order | readonly Order[])

/** What of a row is wanted. */
export interface RowOptions<S, T extends AnyTable> {
  /** Columns with `true` and no others; or all but those with `false`. @default all */
  readonly columns?: { readonly [K in keyof ColumnsOf<T>]?: boolean }
  /** Relations to bring along. */
  readonly with?: WithOptions<S, T>
}

/** Which rows are wanted. */
export interface FindOptions<S, T extends AnyTable> extends RowOptions<S, T> {
  readonly where?: Where<T>
  /** The primary key comes last by itself, so that every order is total. */
  readonly orderBy?: OrderBy<T>
  readonly limit?: number
  readonly offset?: number
}

/** Relations by name: `true`, or options of their own. */
export type WithOptions<S, T extends AnyTable> = {
  readonly [K in keyof RelationsOf<S, T>]?:
    | true
    | (RelationsOf<S, T>[K] extends Many<infer Child>
        ? FindOptions<S, Child>
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
      [K in keyof Wanted & keyof RelationsOf<S, T>]: Related<S, RelationsOf<S, T>[K], Wanted[K]>
    }
  : unknown

type Flatten<Row> = { [K in keyof Row]: Row[K] } & {}

/** A row of `findMany` with the given options. */
export type FoundRow<S, T extends AnyTable, Options> = Flatten<
  ChosenColumns<InferSelect<ColumnsOf<T>>, Options> & RelatedOf<S, T, Options>
>
