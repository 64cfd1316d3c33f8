/** Random views, triggers and policies on the tables of a pair, each in the text in which its database gives it back. */

import fc from 'fast-check'
import type { DialectPackage } from '../../dialect/dialect-package.ts'
import type { Rename } from '../../snapshot/renames.ts'
import {
  objectKey,
  type ObjectSnapshot,
  type SchemaSnapshot,
  type TableSnapshot,
} from '../../snapshot/snapshot.ts'
import { columnNames } from './columns.conformance.ts'
import { mysqlObjects } from './objects-mysql.conformance.ts'
import { postgresObjects } from './objects-postgres.conformance.ts'
import { sqliteObjects } from './objects-sqlite.conformance.ts'
import { second } from './places.conformance.ts'
import { tableNames } from './tables.conformance.ts'

/** One of them: what it is and what it reads is picked from what there is. */
export interface ObjectDraft {
  readonly kind: number
  readonly table: number
  /** A bit for each column. */
  readonly columns: number
}

/** What there is before, and after: the same, another one, or none of each. */
export interface ObjectDrafts {
  readonly before: readonly (ObjectDraft | undefined)[]
  readonly after: readonly (ObjectDraft | undefined)[]
}

/** Drafts: half of the pairs have none, so that they are what they were. */
export function objectDrafts(_dialect: DialectPackage): fc.Arbitrary<ObjectDrafts> {
  const draft = fc.record({ kind: fc.nat(5), table: fc.nat(3), columns: fc.nat(127) })
  const slot = fc
    .tuple(fc.option(draft, { nil: undefined }), fc.nat(5), draft)
    .map(([one, choice, other]) => [one, choice < 4 ? one : choice === 4 ? other : undefined])
  return fc
    .oneof(fc.constant([]), fc.array(slot, { minLength: 1, maxLength: 4 }))
    .map((slots) => ({ before: slots.map(([one]) => one), after: slots.map(([, one]) => one) }))
}

/** Where the tables of a pair are, and what has other names in this snapshot than in the first. */
export interface PairNames {
  readonly dialect: DialectPackage
  readonly places: number
  readonly renames: readonly Rename[]
}

/** What an object reads: a table, and its columns with the names that they had first. */
export interface ReadPart {
  readonly table: TableSnapshot
  readonly columns: readonly { readonly name: string; readonly shown: string }[]
}

/** One draft with what it reads. */
export interface Drafted extends ReadPart {
  /** Different for each slot. */
  readonly name: string
  readonly kind: number
}

/** The snapshot with objects on those of their tables that it has. */
export function withObjects(
  snapshot: SchemaSnapshot,
  drafts: readonly (ObjectDraft | undefined)[],
  names: PairNames,
): SchemaSnapshot {
  const drafted = drafts.flatMap((draft, slot): readonly Drafted[] => {
    const part = draft === undefined ? undefined : partOf(snapshot, draft, names)
    if (draft === undefined || part === undefined) return []
    return [{ ...part, name: `object_${slot}`, kind: draft.kind }]
  })
  const make = { postgres: postgresObjects, mysql: mysqlObjects, sqlite: sqliteObjects }
  const dialect = names.dialect.name as keyof typeof make // cast: the dialects of pairs are these
  const objects = make[dialect](drafted).map((one): [string, ObjectSnapshot] => [
    objectKey(one),
    one,
  ])
  return objects.length === 0
    ? snapshot
    : { ...snapshot, objects: Object.fromEntries(objects.toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

function partOf(
  { tables }: SchemaSnapshot,
  draft: ObjectDraft,
  { places, renames }: PairNames,
): ReadPart | undefined {
  const bare = tableNames[draft.table] ?? ''
  const first = (places & (1 << draft.table)) === 0 || places === 0 ? bare : `${second}.${bare}`
  const moved = renames.find((one) => one.column === undefined && one.from === first)
  const table = tables[moved?.table ?? first]
  if (table === undefined) return undefined
  const columns = ['id', ...columnNames].flatMap((shown, place) => {
    const isChosen = place === 0 || (draft.columns & (1 << place)) !== 0
    const renamed = renames.find((one) => one.table === table.name && one.from === shown)
    const name = renamed?.column ?? shown
    const isThere = table.columns.some((one) => one.name === name)
    return isChosen && isThere ? [{ name, shown }] : []
  })
  return columns.length === 0 ? undefined : { table, columns }
}
