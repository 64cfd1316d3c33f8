/** Views, triggers, functions and their like: created and dropped by their own text, and restored around changes below them. */

import { MigrationPlanError } from '../errors.ts'
import type { Change } from './changes.ts'
import type { TablePlan } from './table-plan.ts'
import { objectKey, objectKinds, type ObjectSnapshot, type SchemaSnapshot } from './snapshot.ts'

/** What happens to tables in the same plan. */
export interface TableChanges {
  readonly plans: readonly TablePlan[]
  /** Names. */
  readonly dropped: readonly string[]
  readonly renamed: boolean
}

/** Changes before and after those of tables. */
export interface ObjectPlan {
  readonly dropFirst: readonly Change[]
  readonly dropLast: readonly Change[]
  /** Functions, domains, sequences: tables may need them. */
  readonly createFirst: readonly Change[]
  readonly createLast: readonly Change[]
}

/** The objects of `to` that the tables of `to` can still carry. */
export function carriedObjects(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
): Readonly<Record<string, ObjectSnapshot>> {
  const kept = Object.entries(from.objects ?? {}).filter(
    ([, { table }]) => table === undefined || Object.hasOwn(to.tables, table),
  )
  return { ...Object.fromEntries(kept), ...to.objects }
}

/** @throws MigrationPlanError when a view that stays loses a table that it reads. */
export function planObjects(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  { plans, dropped, renamed }: TableChanges,
): ObjectPlan {
  const [before, after] = [from.objects ?? {}, to.objects ?? {}]
  for (const object of Object.values(after)) assertStands(object, to)
  const touched = new Set(
    plans.flatMap(({ columns }) =>
      columns.flatMap((change) =>
        change.kind === 'alterColumn' || change.kind === 'dropColumn'
          ? [`table ${change.table}`]
          : [],
      ),
    ),
  )
  const isSame = (key: string): boolean =>
    before[key]?.create.source === after[key]?.create.source &&
    before[key]?.table === after[key]?.table
  // What can become the other in place lets others stand on it.
  const altered = Object.keys(after).filter(
    (key) => !isSame(key) && isAlterable(before[key], after[key]),
  )
  const gone = new Set(Object.keys(before).filter((key) => !isSame(key) && !altered.includes(key)))
  const needs = (object: ObjectSnapshot): boolean =>
    object.dependsOn.some(
      (key) => gone.has(key) || (isView(object) && (renamed || touched.has(key))),
    )
  // What stands on something that goes, goes too and comes back.
  for (let size = -1; size !== gone.size;) {
    size = gone.size
    for (const [key, object] of Object.entries(before)) if (needs(object)) gone.add(key)
  }
  const inOrder = (keys: readonly string[], of: Readonly<Record<string, ObjectSnapshot>>) =>
    orderObjects(keys.flatMap((key) => of[key] ?? []))
  const drops = inOrder([...gone], before)
    .toReversed()
    .filter(
      (object) =>
        object.owner === undefined &&
        // What goes with its table goes, unless another table would hold it.
        (object.table === undefined ||
          !dropped.includes(object.table) ||
          object.kind === 'inheritance' ||
          object.kind === 'rule' ||
          isShared(object, from)),
    )
  const creates = inOrder(
    Object.keys(after).filter((key) => gone.has(key) || !isSame(key)),
    after,
  )
  const isAltered = (object: ObjectSnapshot): boolean => altered.includes(objectKey(object))
  const late = lateKeys({ ...before, ...after })
  const isFirst = (object: ObjectSnapshot): boolean => !late.has(objectKey(object))
  const create = (object: ObjectSnapshot): Change => ({
    kind: isAltered(object) ? 'alterObject' : 'createObject',
    object,
  })
  // One that comes back under its name goes before.
  const returns = (object: ObjectSnapshot): boolean =>
    creates.some((one) => objectKey(one) === objectKey(object))
  const drop = (object: ObjectSnapshot): Change => ({ kind: 'dropObject', object })
  return {
    dropFirst: drops.filter((one) => !isFirst(one)).map(drop),
    dropLast: drops.filter((one) => isFirst(one) && !returns(one)).map(drop),
    createFirst: [
      ...drops.filter((one) => isFirst(one) && returns(one)).map(drop),
      ...creates.filter(isFirst).map(create),
    ],
    createLast: creates.filter((one) => !isFirst(one)).map(create),
  }
}

/** Keys of what is made after the tables: by its kind, or because it needs one of them or something that does. */
function lateKeys(objects: Readonly<Record<string, ObjectSnapshot>>): ReadonlySet<string> {
  const tables = objectKinds.indexOf('ownership')
  const late = new Set(
    Object.entries(objects)
      .filter(
        ([, { kind, dependsOn }]) =>
          objectKinds.indexOf(kind) >= tables || dependsOn.some((key) => key.startsWith('table ')),
      )
      .map(([key]) => key),
  )
  for (let size = -1; size !== late.size;) {
    size = late.size
    for (const [key, { dependsOn }] of Object.entries(objects))
      if (dependsOn.some((one) => late.has(one))) late.add(key)
  }
  return late
}

/** Whether a sequence that goes with one table counts for others, too. */
function isShared({ kind, name, table }: ObjectSnapshot, { tables }: SchemaSnapshot): boolean {
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
function isAlterable(
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

function isView({ kind }: ObjectSnapshot): boolean {
  return kind === 'view' || kind === 'materialized view'
}

function assertStands(object: ObjectSnapshot, to: SchemaSnapshot): void {
  const missing = object.dependsOn.find(
    (key) => key.startsWith('table ') && !Object.hasOwn(to.tables, key.slice('table '.length)),
  )
  if (missing === undefined) return
  throw new MigrationPlanError(
    `${objectKey(object)} needs ${missing}, which the schema no longer has. Drop it first, in a migration by hand: ` +
      'mizan db generate <name> --empty',
  )
}

/** By kind, and what others stand on first. */
export function orderObjects(objects: readonly ObjectSnapshot[]): readonly ObjectSnapshot[] {
  const byKey = new Map(objects.map((object) => [objectKey(object), object]))
  const result = new Set<ObjectSnapshot>()
  const visit = (object: ObjectSnapshot, path: ReadonlySet<ObjectSnapshot>): void => {
    if (result.has(object) || path.has(object)) return
    for (const key of object.dependsOn) {
      const below = byKey.get(key)
      if (below !== undefined) visit(below, new Set([...path, object]))
    }
    result.add(object)
  }
  const rank = ({ kind }: ObjectSnapshot): number => objectKinds.indexOf(kind)
  for (const object of objects.toSorted((a, b) => rank(a) - rank(b))) visit(object, new Set())
  return [...result]
}
