/** Rows for proofs: a few in every table that takes them. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { byDependency } from '../snapshot/plan-order.ts'
import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from '../snapshot/snapshot.ts'
import type { MigrationConnection } from './migration-connection.ts'

/** Fills what can be filled with up to `count` rows each, and says which tables have rows now. */
export async function insertSamples(
  { run, dialect: { ddl } }: MigrationConnection,
  snapshot: SchemaSnapshot,
  count: number,
): Promise<readonly string[]> {
  const filled: string[] = []
  for (const table of byDependency(Object.values(snapshot.tables))) {
    let rows = 0
    for (let place = 1; place <= count; place += 1) {
      const values = valuesOf(table, snapshot, { place, ddl })
      const columns = values.map(([name]) => ddl.quote(name)).join(', ')
      const into = ddl.relation(table.name)
      const sql =
        values.length === 0
          ? `insert into ${into} default values`
          : `insert into ${into} (${columns}) values (${values.map(([, value]) => value).join(', ')})`
      try {
        await run(sql)
        rows += 1
      } catch {
        // A check or a trigger wants other values: the table stays as it is.
        break
      }
    }
    if (rows > 0) filled.push(table.name)
  }
  return filled
}

interface SampleContext {
  readonly place: number
  readonly ddl: DialectPackage['ddl']
}

function valuesOf(
  table: TableSnapshot,
  snapshot: SchemaSnapshot,
  { place, ddl }: SampleContext,
): readonly (readonly [string, string])[] {
  return table.columns.flatMap((column): (readonly [string, string])[] => {
    if (column.generated !== undefined || column.identity === 'always') return []
    if (column.type.name === 'enum') {
      const values = snapshot.enums[column.type.enum ?? '']?.values ?? []
      const value = values[place % Math.max(1, values.length)]
      return value === undefined ? [] : [[column.name, ddl.literal(value, column.type)]]
    }
    const value = sampleOf(column, place)
    return value === undefined ? [] : [[column.name, ddl.literal(value, column.type)]]
  })
}

/** The same place gives the same value in every table, so that references hold. */
function sampleOf({ type }: ColumnSnapshot, place: number): unknown {
  switch (type.name) {
    case 'serial':
    case 'smallint':
    case 'integer':
      return place
    case 'bigserial':
    case 'bigint':
    case 'numeric':
      return (type.precision ?? 9) === type.scale ? '0' : String(place)
    case 'real':
    case 'double':
      return place
    case 'varchar':
    case 'char':
    case 'text':
      return `${place}`
    case 'boolean':
      return place % 2 === 0
    case 'timestamp':
    case 'timestamptz':
      return `2026-01-0${place}T00:00:00.000Z`
    case 'date':
      return `2026-01-0${place}`
    case 'time':
      return `00:00:0${place}`
    case 'interval':
      return `00:00:0${place}`
    case 'uuid':
      return `00000000-0000-4000-8000-00000000000${place}`
    case 'json':
    case 'jsonb':
      return { place }
    case 'bytea':
      return `0${place}`
    default:
      return undefined
  }
}
