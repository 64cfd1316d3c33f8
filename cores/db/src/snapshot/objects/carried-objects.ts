/** What the last snapshot has and no declaration says: carried from one migration to the next. */

import type { SchemaSnapshot } from '../snapshot.ts'
import { type Objects, standsOn } from './standing.ts'

/** The objects of `to`, and those of `from` that do not go with a table that `to` no longer has. */
export function carriedObjects(from: SchemaSnapshot, to: SchemaSnapshot): Objects {
  const objects = from.objects ?? {}
  const isHere = (table: string | undefined): boolean =>
    table === undefined ||
    Object.hasOwn(to.tables, table) ||
    // A trigger of a view or of a partition.
    !Object.hasOwn(from.tables, table)
  const gone = new Set(
    Object.entries(objects)
      .filter(([key, { table }]) => !isHere(table) || isCounterOfGone(key, from, to))
      .map(([key]) => key),
  )
  // What says something of one of them goes with it; what only stands on it is for the plan to refuse.
  const kept = Object.entries(objects).filter(
    ([key, object]) =>
      !gone.has(key) &&
      !(object.kind === 'comment' && standsOn(object, objects).some((one) => gone.has(one))),
  )
  return { ...Object.fromEntries(kept), ...to.objects }
}

/** Whether a sequence belongs to a column that goes, and counts for no other table. */
function isCounterOfGone(key: string, from: SchemaSnapshot, to: SchemaSnapshot): boolean {
  const { kind, name } = from.objects?.[key] ?? {}
  if (kind !== 'sequence' || name === undefined) return false
  const owner = from.objects?.[`ownership ${ownerOf(name, from) ?? ''}.${name}`]?.table
  if (owner === undefined || Object.hasOwn(to.tables, owner)) return false
  return !Object.values(to.tables).some((table) =>
    table.columns.some(
      ({ default: given }) => given?.kind === 'expression' && given.source.includes(name),
    ),
  )
}

function ownerOf(sequence: string, { objects = {} }: SchemaSnapshot): string | undefined {
  return Object.values(objects).find((one) => one.kind === 'ownership' && one.name === sequence)
    ?.table
}
