/** Columns and keys as texts that are equal when nothing has to be changed. */

import type { Enums } from './changes.ts'
import { isGeneratedName, type NamedThing } from './generated-name.ts'
import { bareName } from './identity.ts'
import type { PlanFacts } from './plan-changes.ts'
import type { ColumnSnapshot, DefaultSnapshot, TableSnapshot } from './snapshot.ts'

/** The dialect and the enums. */
export interface ColumnTextContext {
  readonly facts: PlanFacts
  readonly enums: Enums
}

/** Everything about a column but its place and its comment. */
export function columnText(
  column: ColumnSnapshot,
  table: TableSnapshot,
  { facts, enums }: ColumnTextContext,
): string {
  const counts = column.type.name === 'serial' || column.type.name === 'bigserial'
  const type = counts ? facts.counter?.(column.type) : facts.type?.(column.type, enums)
  return JSON.stringify([
    type ?? column.type,
    column.notNull || table.primaryKey.includes(column.name),
    column.default === undefined ? null : defaultText(column, column.default, facts),
    column.generated === undefined ? null : [column.generated.source, column.generated.stored],
    column.identity ?? null,
    facts.enumCheck?.(column, enums) ?? null,
  ])
}

function defaultText(column: ColumnSnapshot, given: DefaultSnapshot, facts: PlanFacts): unknown {
  if (given.kind === 'now') return facts.now?.(column.type) ?? 'now'
  if (given.kind === 'value') return facts.literal?.(given.value, column.type) ?? given.value
  return given.source
}

/** A key without its name where that was generated, so that a renamed column keeps its keys. */
export function sameKey(
  table: TableSnapshot,
  kind: NamedThing['kind'],
  key: { readonly name: string; readonly columns: readonly string[] },
): string {
  const { name, ...rest } = key
  const generated = isGeneratedName({ table: bareName(table), columns: key.columns, kind, name })
  return canonicalText(generated || wasGenerated(name, kind) ? rest : key)
}

/** A name that was generated before its table or column was renamed still ends as generated names do. */
function wasGenerated(name: string, kind: NamedThing['kind']): boolean {
  const suffixes = { unique: '_unique', index: '_index', 'foreign key': '_fk', check: '_check' }
  return name.endsWith(suffixes[kind])
}

/** A value of a snapshot as text, whatever the order of its members. */
export function canonicalText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'none'
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${key}: ${canonicalText(member)}`)
    .join(', ')}}`
}
