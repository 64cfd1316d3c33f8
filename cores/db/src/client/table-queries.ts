/** The types of layer 2: queries that begin with a table value. */

import type {
  DeleteQueryBuilder,
  DeleteResult,
  Expression,
  InsertObject,
  InsertQueryBuilder,
  InsertResult,
  Selectable,
  SelectQueryBuilder,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely'
import type { KeyOfTable, KyselySchema } from '../schema/schema.ts'
import type { IdentityOf } from '../schema/table.ts'
import type { AnyTable } from '../schema/table-facts.ts'
import type { Modifiable } from './modifiable.ts'

/** A column or expression of a selection, by the name it gets. */
export type Selection = Readonly<Record<string, Expression<unknown>>>

/** The row of a selection. */
export type SelectionRow<Chosen> = {
  -readonly [K in keyof Chosen]: Chosen[K] extends Expression<infer V> ? V : never
}

declare const missing: unique symbol

/** What no table is: one that the client's schema does not export. */
export interface NotInSchema<Name> {
  readonly [missing]: Name
}

/** A table of the schema; another one is told by its name. */
export type TableIn<S, T extends AnyTable> = [KeyOfTable<T, S>] extends [never]
  ? NotInSchema<IdentityOf<T>>
  : unknown

/** `db.select()` before its table is known. */
export interface SelectFrom<S, Chosen> {
  from<T extends AnyTable>(
    table: T & TableIn<S, T>,
  ): SelectQuery<KeyOfTable<T, S>, S, Chosen> & Modifiable<SelectQuery<KeyOfTable<T, S>, S, Chosen>>
}

type KeyIn<K, S> = K & keyof KyselySchema<S>

/** A query of a table. */
export type SelectQuery<K, S, Chosen> = SelectQueryBuilder<
  KyselySchema<S>,
  KeyIn<K, S>,
  Chosen extends Selection ? SelectionRow<Chosen> : Selectable<KyselySchema<S>[KeyIn<K, S>]>
>

/** A row that is inserted: values, or expressions that give them. */
export type NewRow<K, S> = InsertObject<KyselySchema<S>, KeyIn<K, S>>

/** What is inserted. */
export type NewRows<K, S> = NewRow<K, S> | readonly NewRow<K, S>[]

/**
 * An insert into a table.
 *
 * `values` takes rows alone, no function that makes them: beside one, the checker would not say which column is missing.
 */
export interface InsertQuery<K, S> extends InsertQueryBuilder<
  KyselySchema<S>,
  KeyIn<K, S>,
  InsertResult
> {
  /** One row or several; a value may be an expression, or a function `(builder) => expression`. */
  values(rows: NewRows<K, S>): InsertQueryBuilder<KyselySchema<S>, KeyIn<K, S>, InsertResult>
}

/** An update of a table. */
export type UpdateQuery<K, S> = UpdateQueryBuilder<
  KyselySchema<S>,
  KeyIn<K, S>,
  KeyIn<K, S>,
  UpdateResult
>

/** A deletion from a table. */
export type DeleteQuery<K, S> = DeleteQueryBuilder<KyselySchema<S>, KeyIn<K, S>, DeleteResult>
