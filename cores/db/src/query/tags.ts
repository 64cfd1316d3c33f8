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
  const { type, references, tag } = column.facts
  const isKey = references !== undefined || isPrimary(column)
  if (!isKey && !tag && !keysOf(column.table).foreign.has(column)) return false
  return exactTypes.has(type.name) || (capabilities.exactTextEquality && textTypes.has(type.name))
}

interface Keys {
  readonly primary: ReadonlySet<AnyBoundColumn>
  readonly foreign: ReadonlySet<AnyBoundColumn>
}
const keysOfTable = new WeakMap<TableFacts, Keys>()

/** The columns of keys that are declared for several columns. */
function keysOf(table: TableFacts): Keys {
  let known = keysOfTable.get(table)
  if (known === undefined) {
    const columnsOf = (kind: 'primaryKey' | 'foreignKey'): ReadonlySet<AnyBoundColumn> =>
      new Set(table.constraints().flatMap((one) => (one.kind === kind ? one.columns : [])))
    known = { primary: columnsOf('primaryKey'), foreign: columnsOf('foreignKey') }
    keysOfTable.set(table, known)
  }
  return known
}

/** Whether a column is a primary key, or part of one. */
export function isPrimary(column: AnyBoundColumn): boolean {
  return column.facts.primaryKey || keysOf(column.table).primary.has(column)
}

/** Whether values of two columns that the database takes for equal have one text in tags, and others have another. */
export function areComparedAlike(
  one: AnyBoundColumn,
  other: AnyBoundColumn,
  capabilities: Capabilities,
): boolean {
  const kind = (column: AnyBoundColumn): string | undefined => {
    const { name, custom, dimensions } = column.facts.type
    // Its values are made of the database's, and may be other numbers.
    if (custom !== undefined || dimensions !== undefined) return undefined
    if (textTypes.has(name)) return capabilities.exactTextEquality ? 'text' : undefined
    if (!exactTypes.has(name)) return undefined
    return name === 'uuid' || name === 'boolean' ? name : 'number'
  }
  const own = kind(one)
  return own !== undefined && own === kind(other)
}

/** The tag columns of a table. */
export function tagColumns(
  table: TableFacts,
  capabilities: Capabilities,
): readonly AnyBoundColumn[] {
  return [...table.columns.values()].filter((column) => isTagColumn(column, capabilities))
}

/** Whether the text of a column's values has its own rules of equality. */
export function isTextTag(column: AnyBoundColumn): boolean {
  return textTypes.has(column.facts.type.name)
}

/** `tasks`, `audit.entries` */
export function tableTag(table: TableFacts): string {
  // A colon ends the table's part of a tag.
  return table.identity.replaceAll('%', '%25').replaceAll(':', '%3A')
}

/** `tasks:*` */
export function unplacedTag(table: TableFacts): string {
  return `${tableTag(table)}:*`
}

/**
 * `tasks:project_id=5`; undefined for a value that has no one text: values that the database takes for equal have the same
 * tag, or none.
 */
export function valueTag(column: AnyBoundColumn, value: unknown): string | undefined {
  const text = valueText(column.facts.type.name, value)
  return text === undefined ? undefined : `${tableTag(column.table)}:${column.name}=${text}`
}

/**
 * Whether a value that is written into a column is the one that then stands there, and its tag is known. Null has no tag,
 * because no read is placed by it; into a key it may be the wish for a new one.
 */
export function isStoredAsGiven(column: AnyBoundColumn, value: unknown): boolean {
  const { notNull, type } = column.facts
  if (value === null) return !notNull && !isCounter(type.name) && !isPrimary(column)
  // MySQL counts on when a counter is given 0.
  if (isCounter(type.name) && Number(value) === 0) return false
  return valueTag(column, value) !== undefined
}

/** Longer texts are not worth a tag of their own. */
const longestText = 200
const wholeNumber = /^(0|-?[1-9]\d{0,18})$/
const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

function valueText(type: ColumnTypeName, value: unknown): string | undefined {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined
    case 'uuid':
      return typeof value === 'string' && uuid.test(value) ? value.toLowerCase() : undefined
    case 'text':
    case 'varchar':
    case 'enum':
      if (typeof value !== 'string' || value.length > longestText) return undefined
      // Drivers cut at NUL and replace broken surrogates; PostgreSQL cuts blanks that a varchar(n) has no room for.
      return value.includes('\0') || !value.isWellFormed() ? undefined : value.replace(/ +$/, '')
    default:
      if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
      if (typeof value === 'bigint') return String(value)
      return typeof value === 'string' && wholeNumber.test(value) ? value : undefined
  }
}

function isCounter(type: ColumnTypeName): boolean {
  return type === 'serial' || type === 'bigserial'
}

/** The same changes, told less exactly: `t` and `t:*` of every table. */
export function tablesOf(writes: readonly string[]): readonly string[] {
  const tables = new Set(writes.map((tag) => tag.split(':', 1)[0] ?? tag))
  return [...tables].flatMap((table) => (table === everything ? [table] : [table, `${table}:*`]))
}
