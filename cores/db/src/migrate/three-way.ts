/** Two snapshots that came from one, joined; what both changed in different ways is named. */

import type { SchemaSnapshot, TableSnapshot } from '../snapshot/snapshot.ts'

/** The result of a merge. */
export interface Merged {
  readonly snapshot: SchemaSnapshot
  /** `column tasks.title` */
  readonly conflicts: readonly string[]
}

/** Joins `one` and `two`, of which both came from `base`. */
export function mergeSnapshots(
  base: SchemaSnapshot,
  one: SchemaSnapshot,
  two: SchemaSnapshot,
): Merged {
  const conflicts: string[] = []
  const enums = mergeRecords({ base: base.enums, one: one.enums, two: two.enums }, (name) => {
    conflicts.push(`enum ${name}`)
  })
  const objects = mergeRecords(
    { base: base.objects ?? {}, one: one.objects ?? {}, two: two.objects ?? {} },
    (name) => {
      conflicts.push(name)
    },
  )
  const grants = mergeRecords(
    { base: base.grants ?? {}, one: one.grants ?? {}, two: two.grants ?? {} },
    (name) => {
      conflicts.push(name)
    },
  )
  const tables = mergeRecords({ base: base.tables, one: one.tables, two: two.tables }, (name) =>
    mergeTables(
      { base: base.tables[name], one: one.tables[name], two: two.tables[name] },
      name,
      conflicts,
    ),
  )
  return {
    snapshot: {
      version: 1,
      enums,
      tables,
      ...(Object.keys(objects).length === 0 ? {} : { objects }),
      ...(Object.keys(grants).length === 0 ? {} : { grants }),
    },
    conflicts,
  }
}

interface Three<T> {
  readonly base: T
  readonly one: T
  readonly two: T
}

/** @param both What to take where both changed the same member; undefined for a conflict. */
function mergeRecords<T>(
  { base, one, two }: Three<Readonly<Record<string, T>>>,
  both: (name: string) => T | undefined | void,
): Readonly<Record<string, T>> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(two)])].toSorted()
  const entries = names.flatMap((name): [string, T][] => {
    const [old, mine, theirs] = [base[name], one[name], two[name]].map((value) =>
      JSON.stringify(value),
    )
    if (mine === theirs || theirs === old) return one[name] === undefined ? [] : [[name, one[name]]]
    if (mine === old) return two[name] === undefined ? [] : [[name, two[name]]]
    const merged = both(name) ?? one[name]
    return merged === undefined ? [] : [[name, merged]]
  })
  return Object.fromEntries(entries)
}

function mergeTables(
  { base, one, two }: Three<TableSnapshot | undefined>,
  name: string,
  conflicts: string[],
): TableSnapshot | undefined {
  if (base === undefined || one === undefined || two === undefined) {
    conflicts.push(`table ${name}`)
    return undefined
  }
  const byName = <T extends { readonly name: string }>(
    list: readonly T[],
  ): Readonly<Record<string, T>> => Object.fromEntries(list.map((member) => [member.name, member]))
  const merge = <T extends { readonly name: string }>(
    kind: string,
    pick: (table: TableSnapshot) => readonly T[],
  ): readonly T[] =>
    Object.values(
      mergeRecords(
        { base: byName(pick(base)), one: byName(pick(one)), two: byName(pick(two)) },
        (member) => {
          conflicts.push(`${kind} ${name}.${member}`)
        },
      ),
    )
  const order = new Map(
    [...one.columns, ...two.columns].map((column, place) => [column.name, place]),
  )
  const keys = [base, one, two].map((table) => table.primaryKey.join())
  if (new Set(keys).size === 3) conflicts.push(`primary key ${name}`)
  return {
    ...one,
    columns: merge('column', (table) => table.columns).toSorted(
      (a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0),
    ),
    primaryKey: keys[1] === keys[0] ? two.primaryKey : one.primaryKey,
    uniques: merge('unique', (table) => table.uniques),
    indexes: merge('index', (table) => table.indexes),
    foreignKeys: merge('foreign key', (table) => table.foreignKeys),
    checks: merge('check', (table) => table.checks),
  }
}
