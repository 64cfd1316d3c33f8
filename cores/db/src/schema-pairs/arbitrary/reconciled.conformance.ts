/** A second snapshot to which a first one can be changed without values that nobody could cast. */

import type { DialectPackage } from '../../dialect/dialect-package.ts'
import type { SchemaSnapshot } from '../../snapshot/snapshot.ts'
import { canBecome, isKeyable } from './columns.conformance.ts'

/** A column of one name keeps a type that the other can be cast to. */
export function reconciled(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  { ddl: { quote } }: DialectPackage,
): SchemaSnapshot {
  const tables = Object.values(to.tables).map((table) => {
    const before = from.tables[table.name]
    const columns = table.columns.map((column) => {
      const old = before?.columns.find((one) => one.name === column.name)
      if (old === undefined || canBecome(old, column)) return column
      const { default: _default, ...rest } = column
      return { ...rest, type: old.type }
    })
    // What is computed or checked here is computed from whole numbers.
    const isWhole = (source: string): boolean =>
      columns.some((one) => one.type.name === 'integer' && source.startsWith(quote(one.name)))
    return [
      table.name,
      {
        ...table,
        columns: columns.filter(
          (one) => one.generated === undefined || isWhole(one.generated.source),
        ),
        checks: table.checks.filter((one) => isWhole(one.source)),
        primaryKey: table.primaryKey.every((name) => name === 'id' || isKeyable(columns, [name]))
          ? table.primaryKey
          : [],
        uniques: table.uniques.filter((one) => isKeyable(columns, one.columns)),
        indexes: table.indexes.filter((one) => isKeyable(columns, one.columns)),
      },
    ]
  })
  return { ...to, tables: Object.fromEntries(tables) }
}
