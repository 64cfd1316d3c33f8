/** What a statement wrote, as data tags. */

import type { Capabilities } from '../dialect/dialect-package.ts'
import type { KnownValues, TableWrite } from '../query/analysis.ts'
import { tablesChangedByKeys } from '../query/key-actions.ts'
import { tableTag, tagColumns, unplacedTag, valueTag } from '../query/tags.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { HiddenEffects } from '../schema/hidden-effects.ts'
import type { Schema } from '../schema/schema.ts'
import { hiddenWriteTags } from './hidden-tags.ts'

/** More changed rows than this are not told one by one. */
export const maximumPlacedRows = 1000

/** What the database told of the rows that a write changed. */
export interface KnownRows {
  /** New values of the changed rows, as the database returned them; undefined when it was not asked. */
  readonly returned: readonly KnownValues[] | undefined
  /** Tag columns of all changed rows as they were before; undefined when that is not known. */
  readonly old: readonly KnownValues[] | undefined
}

/** What the tags are made with. */
export interface WriteTagOptions extends KnownRows {
  readonly schema: Schema
  readonly capabilities: Capabilities
  readonly hidden: HiddenEffects
}

/** The tag columns that a statement does not tell by itself. */
export function untoldColumns(
  write: TableWrite,
  capabilities: Capabilities,
): readonly AnyBoundColumn[] {
  const columns = tagColumns(write.table, capabilities)
  if (write.kind === 'insert') {
    // After ON CONFLICT the row in the table need not be the one in the statement.
    if (write.assigned.size > 0 || write.rows === undefined) return columns
    return columns.filter((column) => !write.rows?.every((row) => row.has(column)))
  }
  return columns.filter((column) =>
    write.assigned.has(column) ? !write.becomes.has(column) : !write.equals.has(column),
  )
}

/** The tags of one write: the table's, and those of the old and new rows, or that they cannot be placed. */
export function writeTags(write: TableWrite, options: WriteTagOptions): ReadonlySet<string> {
  const { table, kind, equals, assigned } = write
  const { schema, capabilities, hidden, old } = options
  const tags = new Set([tableTag(table)])
  const changed = new Set([table])
  if (kind !== 'insert' || assigned.size > 0) {
    const change = kind === 'delete' ? 'delete' : assigned
    for (const child of tablesChangedByKeys(table, change, schema)) {
      tags.add(tableTag(child)).add(unplacedTag(child))
      changed.add(child)
    }
  }
  if (!hidden.isEmpty) for (const tag of hiddenWriteTags(changed, schema, hidden)) tags.add(tag)
  const columns = tagColumns(table, capabilities)
  const placed = tagsOfRows(newRows(write, options), columns)
  const before = old && tagsOfRows(old, columns)
  // An old value that nobody told may have been any value.
  const isOldUnknown =
    before === undefined && columns.some((column) => assigned.has(column) && !equals.has(column))
  if (placed === undefined || isOldUnknown) tags.add(unplacedTag(table))
  for (const tag of [...(placed ?? []), ...(before ?? [])]) tags.add(tag)
  for (const tag of tagsOfRows([equals], [...equals.keys()]) ?? []) tags.add(tag)
  return tags
}

/** What is known of each changed row after the change (of a deleted one, before); undefined when the rows are not. */
function newRows(
  { kind, assigned, rows, equals, becomes }: TableWrite,
  { returned, old }: WriteTagOptions,
): readonly KnownValues[] | undefined {
  if (kind === 'insert') {
    // What was returned may be fewer rows: which of them belongs to which does not matter to a set of tags.
    if (assigned.size === 0 && rows !== undefined)
      return rows.map((row, index) => new Map([...row, ...(returned?.[index] ?? [])]))
    return returned
  }
  const told = new Map([...equals].filter(([column]) => !assigned.has(column)).concat([...becomes]))
  if (returned === undefined && old !== undefined) {
    return old.map(
      (row) => new Map([...[...row].filter(([column]) => !assigned.has(column)), ...becomes]),
    )
  }
  return returned === undefined ? [told] : returned.map((row) => new Map([...told, ...row]))
}

/** Undefined when the value of one of the columns is not known. */
function tagsOfRows(
  rows: readonly KnownValues[] | undefined,
  columns: readonly AnyBoundColumn[],
): readonly string[] | undefined {
  if (rows === undefined || rows.length > maximumPlacedRows) return undefined
  const tags = new Set<string>()
  for (const row of rows) {
    for (const column of columns) {
      const value = row.get(column)
      // No read is placed by `= NULL`.
      if (value === null) continue
      const tag = valueTag(column, value)
      if (tag === undefined) return undefined
      tags.add(tag)
    }
  }
  return [...tags]
}
