/** Tables in a schema with a name. */

import type { SchemaSnapshot } from '../../snapshot/snapshot.ts'
import { byName, tableNames } from './tables.conformance.ts'

/** The schema with a name, for dialects that have such. */
export const second = 'second place'

/** Some tables, and now and then the enum, in the second schema: a bit of `places` for each. */
export function inSchemas(snapshot: SchemaSnapshot, places: number): SchemaSnapshot {
  if (places === 0) return snapshot
  const isThere = (name: string): boolean =>
    (places & (1 << tableNames.findIndex((one) => one === name))) !== 0
  const identity = (name: string): string => (isThere(name) ? `${second}.${name}` : name)
  const mood = (places & 16) === 0 ? 'mood' : `${second}.mood`
  const tables = Object.values(snapshot.tables).map((table) => ({
    ...table,
    name: identity(table.name),
    ...(isThere(table.name) ? { schema: second } : {}),
    columns: table.columns.map((column) =>
      column.type.enum === undefined ? column : { ...column, type: { ...column.type, enum: mood } },
    ),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, table: identity(key.table) })),
  }))
  const values = snapshot.enums['mood']?.values ?? []
  return {
    version: 1,
    enums: { [mood]: mood === 'mood' ? { values } : { values, schema: second } },
    tables: byName(tables),
  }
}
