/** `table()`: one value that is types, DDL and queries. */

import { toWireName } from '@mizan/protocol'
import { type AnyBoundColumn, Column } from './column.ts'
import type { AnyColumnBuilder, ColumnBuilder } from './column-builder.ts'
import type { Constraint } from './constraints.ts'
import { type TableFacts, tableFacts } from './table-facts.ts'

/** What the second argument of {@link table} holds. */
export type ColumnBuilders = Readonly<Record<string, AnyColumnBuilder>>

type ValueOf<B> =
  B extends ColumnBuilder<infer V, infer N, boolean> ? (N extends true ? V : V | null) : never
type RequiredKey<K, B> = B extends ColumnBuilder<unknown, true, false> ? K : never
type OptionalKey<K, B> = B extends ColumnBuilder<unknown, true, false> ? never : K

/** A row as it is read. */
export type InferSelect<C> = { -readonly [K in keyof C]: ValueOf<C[K]> }

/** A row as it is inserted: what is nullable or has a default may be left out. */
export type InferInsert<C> = { -readonly [K in keyof C as RequiredKey<K, C[K]>]: ValueOf<C[K]> } & {
  -readonly [K in keyof C as OptionalKey<K, C[K]>]?: ValueOf<C[K]> | undefined
}

/** Columns as they are changed. */
export type InferUpdate<C> = { -readonly [K in keyof C]?: ValueOf<C[K]> | undefined }

/** The columns of a table, as properties of its value. */
export type TableColumns<C> = {
  readonly [K in keyof C]: C[K] extends ColumnBuilder<infer V, infer N, infer D>
    ? Column<V, N, D>
    : never
}

/** What a table value has beside its columns. */
export interface TableMeta<Name extends string, C> {
  readonly [tableFacts]: TableFacts & { readonly identity: Name }
  /** Never present; a row as it is read. */
  readonly $inferSelect: Flatten<InferSelect<C>>
  /** Never present; a row as it is inserted. */
  readonly $inferInsert: Flatten<InferInsert<C>>
  /** Never present; columns as they are changed. */
  readonly $inferUpdate: Flatten<InferUpdate<C>>
  /** Never present; the description of the columns. */
  readonly $columns: C
}

type Flatten<T> = { [K in keyof T]: T[K] } & {}

/** Which table of the database a table value is. */
export type IdentityOf<T> = T extends {
  readonly [tableFacts]: { readonly identity: infer Name extends string }
}
  ? Name
  : never

/** A table: its columns as properties, its facts under a symbol. `Name` is its name, behind that of its schema if it has one. */
export type Table<Name extends string, C> = TableColumns<C> & TableMeta<Name, C>

/**
 * Describes a table.
 *
 * ```ts
 * const tasks = table('tasks', { id: serial().primaryKey(), title: text().notNull() }, (t) => ({ byTitle: index().on(t.title) }))
 * ```
 *
 * A key is the name in TypeScript; the column's name is the key in snake_case.
 *
 * @throws TypeError when two keys have the same column name, or a key begins with `$`.
 */
export function table<const Name extends string, C extends ColumnBuilders>(
  name: Name,
  columns: C,
  constraints?: (columns: TableColumns<C>) => Readonly<Record<string, Constraint>>,
): Table<Name, C> {
  return createTable({ name, schema: undefined, identity: name }, columns, constraints)
}

/** What a table is called. */
export interface TableName<Identity extends string> extends Pick<TableFacts, 'name' | 'schema'> {
  readonly identity: Identity
}

/** Makes the value of a table. */
export function createTable<Identity extends string, C extends ColumnBuilders>(
  called: TableName<Identity>,
  columns: C,
  constraints?: (columns: TableColumns<C>) => Readonly<Record<string, Constraint>>,
): Table<Identity, C> {
  const { name, identity } = called
  if (name === '') throw new TypeError('table(name): a table needs a name')
  const bound = new Map<string, AnyBoundColumn>()
  const facts: TableFacts & { readonly identity: Identity } = {
    ...called,
    columns: bound,
    constraints: () => (constraints === undefined ? [] : Object.values(constraints(value))),
  }
  const names = new Set<string>()
  for (const [key, builder] of Object.entries(columns)) {
    if (key.startsWith('$'))
      throw new TypeError(`table("${identity}"): "${key}" begins with "$", which is kept for types`)
    const columnName = builder.facts.name ?? toWireName(key) ?? key
    if (names.has(columnName))
      throw new TypeError(`table("${identity}"): two columns are named "${columnName}"`)
    names.add(columnName)
    bound.set(key, new Column({ table: facts, key, name: columnName, facts: builder.facts }))
  }
  // cast: the properties are made from the entries of `columns`, whose types the signature carries
  const value = Object.freeze({
    ...Object.fromEntries(bound),
    [tableFacts]: facts,
  }) as unknown as Table<Identity, C>
  return value
}
