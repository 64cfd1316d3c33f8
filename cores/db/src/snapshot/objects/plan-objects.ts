/** Views, triggers, functions and their like: created and dropped by their own text, and out of the way of changes below them. */

import { MigrationPlanError } from '../../migration-errors.ts'
import type { Change } from '../changes.ts'
import type { PlanFacts } from '../plan-changes.ts'
import type { Rename } from '../renames.ts'
import { objectKey, type ObjectSnapshot, type SchemaSnapshot } from '../snapshot.ts'
import { isAlterable, isShared, isView } from './kinds.ts'
import { NewNames } from './new-names.ts'
import { lateKeys, orderObjects } from './order-objects.ts'
import { renamedObjects } from './renamed-objects.ts'
import { addDependents, assertStands, type Objects, standsOn } from './standing.ts'

/** What happens to tables and enums in the same plan. */
export interface TableChanges {
  /** Of tables and enums that stay. */
  readonly changes: readonly Change[]
  /** Tables that go. */
  readonly dropped: readonly string[]
  readonly renames: readonly Rename[]
  readonly facts: PlanFacts
  /** The objects of the source as a server was seen to leave them after the renames. @default what their texts tell */
  readonly followed?: Objects | undefined
}

/** Changes around those of tables. */
export interface ObjectPlan {
  /** What goes, and what comes back as another one; before tables get their new names. */
  readonly dropFirst: readonly Change[]
  /** Functions, domains, sequences: tables may need them. */
  readonly createFirst: readonly Change[]
  /** What stands in the way of a change of columns or enums, and comes back as it was. */
  readonly dropHeld: readonly Change[]
  readonly createBack: readonly Change[]
  readonly dropLast: readonly Change[]
  readonly createLast: readonly Change[]
}

/**
 * @param source With the old names of its tables.
 * @throws MigrationPlanError when something that stays loses a table or a column that it reads, or still says an old name
 */
export function planObjects(
  source: SchemaSnapshot,
  to: SchemaSnapshot,
  { changes, dropped, renames, facts, followed = {} }: TableChanges,
): ObjectPlan {
  const after = to.objects ?? {}
  const names = new NewNames(renames, facts)
  for (const object of Object.values(after)) {
    assertStands(object, to)
    assertNewNames(object, to, names)
  }
  const through = renamedObjects(source, renames, facts)
  const before: Objects = Object.fromEntries(
    [...through].map(([key, one]) => [key, own(followed, key) ?? one.after]),
  )
  const stays = (key: string): boolean =>
    own(followed, key) !== undefined || through.get(key)?.state === 'follows'
  const isSame = (key: string): boolean =>
    before[key]?.create.source === after[key]?.create.source &&
    before[key]?.table === after[key]?.table
  const holds = facts.holds ?? holdsView
  const isHeld = (key: string): boolean => {
    const object = before[key]
    return object !== undefined && changes.some((change) => holds(object, change))
  }
  // What can become the other in place lets others stand on it.
  const altered = new Set(
    Object.keys(after).filter(
      (key) =>
        !isSame(key) &&
        (before[key] === undefined || (stays(key) && !isHeld(key))) &&
        isAlterable(before[key], after[key]),
    ),
  )
  // What stands on something that goes, goes too and comes back.
  const replaced = new Set(
    Object.keys(before).filter((key) => (!isSame(key) && !altered.has(key)) || !stays(key)),
  )
  addDependents(replaced, before)
  const held = new Set<string>()
  addDependents(held, before, isHeld)
  for (const key of held) {
    altered.delete(key)
    if (replaced.has(key)) held.delete(key)
  }
  const all: Objects = { ...before, ...after }
  const late = lateKeys(all, held)
  const isGoing = (key: string): boolean => replaced.has(key) || held.has(key)
  const isDropped = (key: string): boolean => {
    const object = before[key]
    return object !== undefined && needsDrop(object, { before, dropped, isGoing, tables: source })
  }
  const inOrder = (keys: Iterable<string>, of: Objects): readonly string[] =>
    orderObjects([...keys].flatMap((key) => own(of, key) ?? [])).map(objectKey)
  const drops = inOrder(replaced, before).toReversed().filter(isDropped)
  const creates = inOrder(
    Object.keys(after).filter((key) => replaced.has(key) || (!isSame(key) && !held.has(key))),
    after,
  )
  const drop =
    (of: Objects) =>
    (key: string): readonly Change[] => {
      const object = of[key]
      return object === undefined ? [] : [{ kind: 'dropObject', object }]
    }
  const create = (key: string): readonly Change[] => {
    const object = after[key]
    if (object === undefined) return []
    return [{ kind: altered.has(key) ? 'alterObject' : 'createObject', object }]
  }
  const originals = Object.fromEntries([...through].map(([key, one]) => [key, one.before]))
  const isFirst = (key: string): boolean => !late.has(key)
  const returns = (key: string): boolean => creates.includes(key)
  return {
    dropFirst: drops.filter((key) => !isFirst(key)).flatMap(drop(originals)),
    dropLast: drops.filter((key) => isFirst(key) && !returns(key)).flatMap(drop(before)),
    createFirst: [
      // One that comes back under its name goes before.
      ...drops.filter((key) => isFirst(key) && returns(key)).flatMap(drop(before)),
      ...creates.filter(isFirst).flatMap(create),
    ],
    createLast: creates.filter((key) => !isFirst(key)).flatMap(create),
    dropHeld: inOrder(held, before).toReversed().filter(isDropped).flatMap(drop(before)),
    createBack: inOrder(held, after).flatMap(create),
  }
}

/** A member that is the record's own: keys are names that others gave. */
function own(objects: Objects, key: string): ObjectSnapshot | undefined {
  return Object.hasOwn(objects, key) ? objects[key] : undefined
}

interface DropContext {
  readonly before: Objects
  readonly dropped: readonly string[]
  readonly isGoing: (key: string) => boolean
  readonly tables: SchemaSnapshot
}

/** What goes with its table, or with what it belongs to, needs no statement, unless another table would hold it. */
function needsDrop(object: ObjectSnapshot, context: DropContext): boolean {
  const { before, dropped, isGoing, tables } = context
  if (object.owner !== undefined) return false
  const { kind, table } = object
  if (table !== undefined && dropped.includes(table))
    return kind === 'inheritance' || kind === 'rule' || isShared(object, tables)
  const isPart = kind === 'comment' || kind === 'view index'
  const owners = isPart
    ? standsOn(object, before)
    : [`view ${table ?? ''}`, `materialized view ${table ?? ''}`]
  return !owners.some(isGoing)
}

/** Where a dialect says nothing of its own: views do not let the columns of their tables change. */
function holdsView(object: ObjectSnapshot, change: Change): boolean {
  return (
    isView(object) &&
    (change.kind === 'alterColumn' || change.kind === 'dropColumn') &&
    object.dependsOn.includes(`table ${change.table}`)
  )
}

/** A text by somebody may not have been told that a table has another name. */
function assertNewNames(object: ObjectSnapshot, to: SchemaSnapshot, names: NewNames): void {
  if (!isView(object)) return
  const old = names.stillReads(object.create.source)
  if (old === undefined || Object.hasOwn(to.tables, old)) return
  throw new MigrationPlanError(
    `${objectKey(object)} still reads ${old}, which is called ${names.table(old)} now. Say the new name in its text`,
  )
}
