/** What is known of objects by their kind. */

import type { ObjectSnapshot, SchemaSnapshot } from '../snapshot.ts'

/** Whether an object is read as a table is. */
export function isView({ kind }: ObjectSnapshot): boolean {
  return kind === 'view' || kind === 'materialized view'
}

/** Whether a sequence that goes with one table counts for others, too. */
export function isShared(
  { kind, name, table }: ObjectSnapshot,
  { tables }: SchemaSnapshot,
): boolean {
  if (kind !== 'ownership') return false
  return Object.values(tables).some(
    (one) =>
      one.name !== table &&
      one.columns.some(
        ({ default: given }) => given?.kind === 'expression' && given.source.includes(name),
      ),
  )
}

/** A text that replaces may do so while what it gives back is the same. */
export function isAlterable(
  before: ObjectSnapshot | undefined,
  after: ObjectSnapshot | undefined,
): boolean {
  if (before === undefined || after === undefined) return false
  if (after.alter !== undefined) return true
  const result = ({ create }: ObjectSnapshot): string | undefined =>
    /^create or replace function [\s\S]*?\n? returns ([^\n]+)/i.exec(create.source)?.[1]
  return (
    after.kind === 'function' && result(after) !== undefined && result(before) === result(after)
  )
}
