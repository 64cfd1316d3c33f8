/** `schema('audit').table(…)`: tables in a schema of the database that has a name. */

import type { Constraint } from './constraints.ts'
import { createEnumType, type EnumType } from './enum-type.ts'
import { type ColumnBuilders, createTable, type Table, type TableColumns } from './table.ts'

/** A schema of PostgreSQL, a database of MySQL, an attached database of SQLite. */
export interface NamedSchema<Schema extends string> {
  readonly schemaName: Schema
  /** As `table` of the package; tables of two schemas may have the same name. */
  table<const Name extends string, C extends ColumnBuilders>(
    name: Name,
    columns: C,
    constraints?: (columns: TableColumns<C>) => Readonly<Record<string, Constraint>>,
  ): Table<`${Schema}.${Name}`, C>
  /** As `enumType` of the package: a type of the schema, for tables of any. */
  enumType<const Values extends readonly string[]>(name: string, values: Values): EnumType<Values>
}

/**
 * Names a schema of the database: `const audit = schema('audit')`, then `audit.table('entries', { … })`. Tables of `table()` are
 * where the connection looks first.
 *
 * @throws TypeError for an empty name.
 */
export function schema<const Name extends string>(name: Name): NamedSchema<Name> {
  if (name === '') throw new TypeError('schema(name): a schema needs a name')
  return Object.freeze<NamedSchema<Name>>({
    schemaName: name,
    table: (own, columns, constraints) =>
      createTable({ name: own, schema: name, identity: `${name}.${own}` }, columns, constraints),
    enumType: (own, values) => createEnumType({ name: `${name}.${own}`, schema: name }, values),
  })
}
