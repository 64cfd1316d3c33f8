/** All tables, enums and relations of an application, found in a schema module. */

import type { ColumnType } from 'kysely'
import type { ColumnBuilder } from './column-builder.ts'
import { type EnumType, isEnumType } from './enum-type.ts'
import { isRelations, type Relation, relationFacts } from './relations.ts'
import type { IdentityOf } from './table.ts'
import { type AnyTable, isTable, type TableFacts, tableFacts } from './table-facts.ts'

/** A schema module: `import * as schema from './schema.ts'`, or an object of tables. Other exports are left alone. */
export type SchemaModule = object

/** The keys under which a module exports tables: the names in queries. */
export type TableKeys<S> = { [K in keyof S]: S[K] extends AnyTable ? K : never }[keyof S] & string

/** Keys by database name; the checker makes it once for each schema. */
type KeysByIdentity<S> = { readonly [K in TableKeys<S> as IdentityOf<S[K]>]: K }

/**
 * The key of a table value.
 *
 * Looked up by inference: `keyof` of a mapped type that renames its keys would be computed anew each time, for all tables.
 */
export type KeyOfTable<T extends AnyTable, S> =
  KeysByIdentity<S> extends Readonly<Record<IdentityOf<T>, infer Key extends string>> ? Key : never

/** The table under a key. */
export type TableAt<K, S> = K extends keyof S ? S[K] : never

/** Which table of the database a key means. */
export type IdentityAt<K, S> = K extends keyof S ? IdentityOf<S[K]> : never

/** The descriptions of the columns of the table under a key. */
export type ColumnsAt<K, S> = K extends keyof S
  ? S[K] extends { readonly $columns: infer C }
    ? C
    : never
  : never

/** The rows of a table, as Kysely describes them. */
export type KyselyTable<C> = {
  [K in keyof C]: C[K] extends ColumnBuilder<infer V, infer N, infer D>
    ? KyselyColumn<N extends true ? V : V | null, [N, D] extends [true, false] ? false : true>
    : never
}

type KyselyColumn<Value, Optional extends boolean> = ColumnType<
  Value,
  Optional extends true ? Value | undefined : Value,
  Value
>

/** The database type that Kysely's builders are typed by. */
export type KyselySchema<S> = {
  [K in TableKeys<S>]: S[K] extends { readonly $columns: infer C } ? KyselyTable<C> : never
}

/** A schema at run time. */
export interface Schema {
  /** By key. */
  readonly tables: ReadonlyMap<string, TableFacts>
  /** Table → key. */
  readonly keys: ReadonlyMap<TableFacts, string>
  /** By database name. */
  readonly enums: ReadonlyMap<string, EnumType>
  readonly relations: ReadonlyMap<TableFacts, ReadonlyMap<string, Relation>>
}

type Merged<Modules extends readonly SchemaModule[]> = Modules extends readonly [
  infer First,
  ...infer Rest extends readonly SchemaModule[],
]
  ? First & Merged<Rest>
  : unknown

/**
 * One schema of several modules: `defineSchema(users, tasks)` after `import * as users from './users.ts'`.
 *
 * @throws TypeError as {@link readSchema}, and when two modules export different things under one name.
 */
export function defineSchema<const Modules extends readonly SchemaModule[]>(
  ...modules: Modules
): Merged<Modules> & SchemaModule {
  const all: Record<string, unknown> = {}
  for (const module of modules) {
    for (const [key, value] of Object.entries(module)) {
      if (key in all && all[key] !== value && (isTable(value) || isRelations(value)))
        throw new TypeError(`schema: two modules export a "${key}"`)
      all[key] = value
    }
  }
  readSchema(all)
  return Object.freeze(all) as Merged<Modules> & SchemaModule // cast: the members of all modules
}

/**
 * Finds tables, enums and relations among the exports of a module.
 *
 * @throws TypeError when two tables or two enums have the same database name, or a foreign key leaves the schema.
 */
export function readSchema(module: SchemaModule): Schema {
  const tables = new Map<string, TableFacts>()
  const keys = new Map<TableFacts, string>()
  const enums = new Map<string, EnumType>()
  const relations = new Map<TableFacts, Map<string, Relation>>()
  const names = new Map<string, string>()
  for (const [key, value] of Object.entries(module)) {
    if (isTable(value)) {
      const facts = value[tableFacts]
      const other = names.get(facts.identity)
      if (other !== undefined) {
        throw new TypeError(
          `schema: "${other}" and "${key}" are both the table "${facts.identity}"; export it once`,
        )
      }
      names.set(facts.identity, key)
      tables.set(key, facts)
      keys.set(facts, key)
    } else if (isEnumType(value)) {
      addEnum(enums, value)
    } else if (isRelations(value)) {
      const { table, relations: own } = value[relationFacts]
      addRelations(relations, table[tableFacts], own)
    }
  }
  for (const facts of keys.keys()) {
    for (const column of facts.columns.values()) {
      const target = column.facts.references?.column()
      if (target !== undefined && !keys.has(target.table)) {
        throw new TypeError(
          `schema: ${facts.identity}.${column.key} refers to table "${target.table.identity}", which the schema does not export`,
        )
      }
    }
  }
  return Object.freeze({ tables, keys, enums, relations })
}

/** Several files may add to the relations of one table. */
function addRelations(
  relations: Map<TableFacts, Map<string, Relation>>,
  table: TableFacts,
  added: Readonly<Record<string, Relation>>,
): void {
  const own = relations.get(table) ?? new Map<string, Relation>()
  relations.set(table, own)
  for (const [name, relation] of Object.entries(added)) {
    if (own.has(name) || table.columns.has(name)) {
      throw new TypeError(
        `schema: "${table.identity}" has ${own.has(name) ? 'two relations' : 'a column and a relation'} named "${name}"`,
      )
    }
    own.set(name, relation)
  }
}

function addEnum(enums: Map<string, EnumType>, type: EnumType): void {
  const known = enums.get(type.enumName)
  if (known !== undefined && known !== type) {
    throw new TypeError(`schema: two enums are named "${type.enumName}"`)
  }
  enums.set(type.enumName, type)
}
