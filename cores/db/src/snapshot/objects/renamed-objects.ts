/** Objects after tables and columns below them have got other names. */

import { parseIdentity } from '../identity.ts'
import type { PlanFacts } from '../plan-changes.ts'
import type { Rename } from '../renames.ts'
import { objectKey, type ObjectSnapshot, type SchemaSnapshot } from '../snapshot.ts'
import { NewNames } from './new-names.ts'
import type { Objects } from './standing.ts'

/**
 * What a database does to an object by itself when something below it gets another name: `follows`, its text is then as it was
 * foreseen; `unforeseen`, it follows, but only a server knows its text; `left`, it still says the old name.
 */
export type AfterRename = 'follows' | 'unforeseen' | 'left'

/** An object through a plan's renames. */
export interface RenamedObject {
  readonly before: ObjectSnapshot
  /** With new names in its text, as far as they can be told from it. */
  readonly after: ObjectSnapshot
  readonly state: AfterRename
}

/** All objects of `source`, by their new keys. */
export function renamedObjects(
  source: SchemaSnapshot,
  renames: readonly Rename[],
  facts: PlanFacts,
): ReadonlyMap<string, RenamedObject> {
  const objects = source.objects ?? {}
  const names = new NewNames([...renames, ...movedSequences(objects, renames)], facts)
  const keys = new Map(
    Object.entries(objects).map(([key, object]) => [key, objectKey(named(object, names))]),
  )
  return new Map(
    Object.entries(objects).map(([key, before]): [string, RenamedObject] => {
      const after = renamed(before, { names, keys })
      const isSame = after.create.source === before.create.source && (keys.get(key) ?? key) === key
      const state =
        isSame && !names.hasColumns(before.create.source, before)
          ? 'follows'
          : (facts.afterRename?.(before, after, names) ?? 'follows')
      return [keys.get(key) ?? key, { before, after, state }]
    }),
  )
}

interface Renaming {
  readonly names: NewNames
  /** Old key → new key. */
  readonly keys: ReadonlyMap<string, string>
}

function renamed(before: ObjectSnapshot, { names, keys }: Renaming): ObjectSnapshot {
  if (names.isEmpty) return before
  const { deparsed: _deparsed, ...create } = before.create
  const source = names.text(before.create.source, before)
  const key = (one: string): string => {
    const [kind, table] = [
      /^(table|primary key) /.exec(one)?.[0],
      one.replace(/^(table|primary key) /, ''),
    ]
    return kind === undefined ? (keys.get(one) ?? one) : `${kind}${names.table(table)}`
  }
  return {
    ...named(before, names),
    create:
      source === before.create.source ? before.create : { ...create, source, deparsed: source },
    drop: names.text(before.drop, before),
    ...(before.alter === undefined ? {} : { alter: names.text(before.alter, before) }),
    dependsOn: before.dependsOn.map(key),
    ...(before.columns === undefined
      ? {}
      : {
          columns: Object.fromEntries(
            Object.entries(before.columns).map(([table, columns]) => [
              names.table(table),
              columns.map((column) => names.column(table, column)),
            ]),
          ),
        }),
  }
}

/** With the names of which its key is made. */
function named(object: ObjectSnapshot, names: NewNames): ObjectSnapshot {
  const { table, kind, name, schema: place, ...rest } = object
  const isRelation = kind === 'sequence' || kind === 'ownership' || kind === 'inheritance'
  // Types of arguments may be rows of a table.
  const now = kind === 'function' ? names.text(name, object) : isRelation ? names.table(name) : name
  const schema = kind === 'sequence' ? parseIdentity(now).schema : place
  return {
    ...rest,
    kind,
    name: now,
    ...(schema === undefined ? {} : { schema }),
    ...(table === undefined ? {} : { table: names.table(table) }),
  }
}

/** A sequence of a column moves with its table. */
function movedSequences(objects: Objects, renames: readonly Rename[]): readonly Rename[] {
  return Object.values(objects).flatMap(({ kind, name: from, table }) => {
    const move = renames.find((one) => one.column === undefined && one.from === table)
    if (kind !== 'ownership' || move === undefined) return []
    const { name } = parseIdentity(from)
    const moved = move.schema === undefined ? name : `${move.schema}.${name}`
    return moved === from ? [] : [{ table: moved, from }]
  })
}
