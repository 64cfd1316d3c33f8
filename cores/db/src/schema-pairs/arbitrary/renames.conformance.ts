/** Random renames, and what somebody declares who renamed. */

import type { DialectPackage } from '../../dialect/dialect-package.ts'
import { generatedName } from '../../snapshot/generated-name.ts'
import { bareName } from '../../snapshot/identity.ts'
import { applyRenames, type Rename } from '../../snapshot/renames.ts'
import type { ExpressionSnapshot, SchemaSnapshot } from '../../snapshot/snapshot.ts'
import { second } from './places.conformance.ts'
import { byName, named } from './tables.conformance.ts'

/** At most one table and one column of it, of those that stay. */
export function renamesOf(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  picks: {
    readonly table: number | null
    readonly column: number | null
    readonly places: number
  },
): readonly Rename[] {
  const both = Object.keys(to.tables).filter((name) => Object.hasOwn(from.tables, name))
  const name = both[(picks.table ?? picks.column ?? 0) % Math.max(1, both.length)]
  if (name === undefined) return []
  // With its new name a table stands where its old one stood, or moves.
  const schema = (picks.places & 32) === 0 ? undefined : second
  const other = schema === undefined ? 'other name' : `${schema}.other name`
  const table = picks.table === null ? name : other
  const kept = from.tables[name]?.columns.filter((one) =>
    to.tables[name]?.columns.some((other) => other.name === one.name),
  )
  const column = picks.column === null ? undefined : kept?.[picks.column % kept.length]?.name
  return [
    ...(picks.table === null
      ? []
      : [{ table, from: name, ...(schema === undefined ? {} : { schema }) }]),
    ...(column === undefined ? [] : [{ table, column: 'other', from: column }]),
  ]
}

/** The snapshot as somebody would declare it who renamed: its expressions and the names of its keys, too. */
export function renamed(
  snapshot: SchemaSnapshot,
  renames: readonly Rename[],
  { ddl: { quote } }: DialectPackage,
): SchemaSnapshot {
  const column = renames.find((one) => one.column !== undefined)
  const text = <T extends ExpressionSnapshot>(expression: T): T => ({
    ...expression,
    source: expression.source.replaceAll(quote(column?.from ?? '\n'), quote('other')),
  })
  const after = applyRenames(snapshot, renames)
  const tables = Object.values(after.tables).map((table) => {
    const own =
      column?.table !== table.name
        ? table
        : {
            ...table,
            columns: table.columns.map((one) =>
              one.generated === undefined ? one : { ...one, generated: text(one.generated) },
            ),
            checks: table.checks.map(text),
            indexes: table.indexes.map((index) => ({
              ...index,
              ...(index.where === undefined ? {} : { where: text(index.where) }),
              ...(index.elements === undefined
                ? {}
                : {
                    elements: index.elements.map((one) =>
                      one.expression === undefined
                        ? one
                        : { ...one, expression: text(one.expression) },
                    ),
                  }),
            })),
          }
    const { foreignKeys } = own
    return named(own.name, {
      ...own,
      foreignKeys: foreignKeys
        .map((key) => ({ ...key, name: generatedName(bareName(own), key.columns, 'fk') }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })
  })
  return { ...after, tables: byName(tables) }
}
