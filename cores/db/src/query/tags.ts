/** Reads and writes as data tags (DATA, "Observation"): `t`, `t:*`, `t:c=v`. */

import type { Capabilities } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { ColumnTypeName } from '../schema/column-type.ts'
import type { TableFacts } from '../schema/table-facts.ts'

/** The tag of a statement whose effects are unknown: it reads or writes everything. */
export const everything = '*'

const exactTypes: ReadonlySet<ColumnTypeName> = new Set([
  'serial',
  'bigserial',
  'smallint',
  'integer',
  'bigint',
  'uuid',
  'boolean',
])
const textTypes: ReadonlySet<ColumnTypeName> = new Set(['text', 'varchar', 'enum'])

/** Whether reads by this column are narrowed to its value: a key or `.tag()`, of a type whose equality is exact here. */
export function isTagColumn(column: AnyBoundColumn, capabilities: Capabilities): boolean {
  const { type, primaryKey, references, tag } = column.facts
  if (!primaryKey && !tag && references === undefined && !isInKey(column)) return false
  return exactTypes.has(type.name) || (capabilities.exactTextEquality && textTypes.has(type.name))
}

const keyColumns = new WeakMap<TableFacts, ReadonlySet<AnyBoundColumn>>()

function isInKey(column: AnyBoundColumn): boolean {
  let known = keyColumns.get(column.table)
  if (known === undefined) {
    const keys = column.table
      .constraints()
      .filter((one) => one.kind === 'primaryKey' || one.kind === 'foreignKey')
    known = new Set(keys.flatMap((key) => key.columns))
    keyColumns.set(column.table, known)
  }
  return known.has(column)
}

/** The tag columns of a table. */
export function tagColumns(
  table: TableFacts,
  capabilities: Capabilities,
): readonly AnyBoundColumn[] {
  return [...table.columns.values()].filter((column) => isTagColumn(column, capabilities))
}

/** `tasks` */
export function tableTag(table: TableFacts): string {
  return table.name
}

/** `tasks:*` */
export function unplacedTag(table: TableFacts): string {
  return `${table.name}:*`
}

/** `tasks:project_id=5`; undefined for a value without a text of its own. */
export function valueTag(column: AnyBoundColumn, value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return `${column.table.name}:${column.name}=${column.facts.type.name === 'uuid' ? value.toLowerCase() : value}`
    case 'number':
      return Number.isSafeInteger(value)
        ? `${column.table.name}:${column.name}=${value}`
        : undefined
    case 'bigint':
    case 'boolean':
      return `${column.table.name}:${column.name}=${String(value)}`
    default:
      return undefined
  }
}
