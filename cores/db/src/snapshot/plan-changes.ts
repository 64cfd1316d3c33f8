/** Snapshot × snapshot → ordered changes. */

import { MigrationPlanError } from '../migration-errors.ts'
import type { EnumColumn } from './alterations.ts'
import type { Change } from './changes.ts'
import type { DdlFacts } from './ddl-facts.ts'
import { defaultExpression } from './ddl/column-definition.ts'
import { assertPlaces, schemasOf } from './identity.ts'
import { withGrants } from './grants/plan-grants.ts'
import { planObjects } from './objects/plan-objects.ts'
import { planCreates, planDrops, tableOf } from './plan-order.ts'
import { planTable } from './plan-table.ts'
import type { TablePlan } from './table-plan.ts'
import { applyRenames, effectiveRenames, type Rename } from './renames.ts'
import type { ObjectSnapshot, SchemaSnapshot } from './snapshot.ts'

/** What the plan must know of a dialect. */
export interface PlanFacts extends Partial<Omit<DdlFacts, 'alterConstraints'>> {
  /** Whether foreign keys and checks can be added to and taken from a table that exists. SQLite cannot. */
  readonly alterConstraints: boolean
  /** The plan takes changes back: a column that is never null may return without a default. @default false */
  readonly restores?: boolean
}

/** What leads from one snapshot to the other. */
export interface PlanOptions {
  /** @default none */
  readonly renames?: readonly Rename[]
  /** The objects of the source as a server was seen to leave them after the renames. @default what their texts tell */
  readonly followed?: Readonly<Record<string, ObjectSnapshot>> | undefined
}

/**
 * The changes that lead from `from` to `to`.
 *
 * A dropped table and a new one stay two changes: renames are stated, never guessed.
 *
 * @throws MigrationPlanError for what rows that exist do not allow, or what the dialect cannot do, naming the way out.
 */
export function planChanges(
  source: SchemaSnapshot,
  to: SchemaSnapshot,
  { renames: stated = [], followed, ...facts }: PlanFacts & PlanOptions,
): readonly Change[] {
  for (const one of [source, to]) assertPlaces(one, facts.createSchema !== undefined)
  const renames = effectiveRenames(stated, source, to)
  const from = applyRenames(source, renames)
  const dropped = keysOnlyIn(from.tables, to.tables)
  const kept = Object.keys(to.tables)
    .filter((name) => Object.hasOwn(from.tables, name))
    .toSorted()
  const plans = kept.map((name) =>
    planTable(tableOf(from, name), tableOf(to, name), { facts, from, to }),
  )
  const enums = planEnums(from, to, facts)
  const objects = planObjects(source, to, {
    changes: [...enums, ...plans.flatMap(({ remove, columns }) => [...remove, ...columns])],
    dropped,
    renames,
    facts,
    followed,
  })
  const part = (name: keyof TablePlan): Change[] => plans.flatMap((plan) => [...plan[name]])
  const { creates, late } = planCreates(from, to, facts)
  const removed = part('remove')
  const isKey = (change: Change): boolean => change.kind === 'dropForeignKey'
  const early = keysOnlyIn(to.enums, from.enums)
  const [places, wanted] = [schemasOf(source), schemasOf(to)]
  const changes: readonly Change[] = [
    ...wanted
      .filter((name) => !places.includes(name))
      .map((name): Change => ({ kind: 'createSchema', name })),
    ...objects.dropFirst,
    ...renames.flatMap((rename) => [toRename(rename), ...renamedKey(rename, source, facts)]),
    ...part('rename'),
    ...early.map((name): Change => ({
      kind: 'createEnum',
      name,
      values: to.enums[name]?.values ?? [],
    })),
    ...objects.createFirst,
    // Keys go before what they refer to, and tables before the keys to which theirs refer.
    ...removed.filter(isKey),
    ...planDrops(from, dropped, facts),
    ...removed.filter((change) => !isKey(change)),
    ...objects.dropHeld,
    ...enums,
    ...creates,
    ...part('columns').map((change) =>
      withoutNew(change, [...objects.createBack, ...objects.createLast]),
    ),
    ...objects.createBack,
    ...part('add'),
    ...late,
    ...objects.dropLast,
    // Functions, types and domains that go may have been of it.
    ...keysOnlyIn(from.enums, to.enums).map((name): Change => ({
      kind: 'dropEnum',
      name,
      values: from.enums[name]?.values ?? [],
    })),
    ...objects.createLast,
    ...places
      .filter((name) => !wanted.includes(name))
      .map((name): Change => ({ kind: 'dropSchema', name })),
  ]
  return withGrants(changes, { from, to, hasGrants: facts.grant !== undefined })
}

/** Triggers that are new or other ones are made by themselves, and not by the rebuild of their table. */
function withoutNew(change: Change, created: readonly Change[]): Change {
  if (change.kind !== 'rebuildTable') return change
  const isNew = (object: ObjectSnapshot): boolean =>
    created.some((one) => one.kind === 'createObject' && one.object === object)
  return { ...change, restore: change.restore.filter((object) => !isNew(object)) }
}

function toRename({ table, column, from }: Rename): Change {
  return column === undefined
    ? { kind: 'renameTable', from, to: table }
    : { kind: 'renameColumn', table, from, to: column }
}

/** A key that was named after its table is named after it again. */
function renamedKey(
  { table, column, from }: Rename,
  source: SchemaSnapshot,
  { primaryKeyName }: PlanFacts,
): readonly Change[] {
  const before = source.tables[from]
  if (column !== undefined || before === undefined || primaryKeyName === undefined) return []
  if (before.primaryKey.length === 0 || before.primaryKeyName !== undefined) return []
  const [old, now] = [primaryKeyName(from), primaryKeyName(table)]
  if (old === now) return []
  return [{ kind: 'renameKey', table, of: 'primary key', from: old, to: now }]
}

function planEnums(from: SchemaSnapshot, to: SchemaSnapshot, facts: PlanFacts): Change[] {
  return Object.entries(to.enums).flatMap(([name, { values }]): Change[] => {
    const before = from.enums[name]?.values
    if (before === undefined || before.join('\n') === values.join('\n')) return []
    // Where columns carry the values, the columns change.
    if (facts.enumTypes === false) return []
    if (facts.alterEnum === undefined) {
      throw new MigrationPlanError(
        `The values of enum "${name}" changed (${before.join(', ')} → ${values.join(', ')}), which this dialect cannot do. ` +
          'Write the migration by hand: mizan db generate <name> --empty',
      )
    }
    return [
      {
        kind: 'alterEnum',
        name,
        before,
        after: values,
        columns: enumColumns(name, { from, to }, facts),
      },
    ]
  })
}

/** The columns that hold the enum when its values change. */
function enumColumns(
  name: string,
  { from, to }: { readonly from: SchemaSnapshot; readonly to: SchemaSnapshot },
  facts: PlanFacts,
): readonly EnumColumn[] {
  // Tables that go are gone by then; columns that go are not.
  const kept = Object.values(from.tables).filter((table) => Object.hasOwn(to.tables, table.name))
  return kept.flatMap((table) =>
    table.columns
      .filter((column) => column.type.enum === name)
      .map((column) => ({
        table: table.name,
        column: column.name,
        default:
          column.default === undefined
            ? undefined
            : defaultExpression(column, column.default, facts as DdlFacts), // cast: a dialect that alters enums has all facts
      })),
  )
}

function keysOnlyIn(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(one)
    .filter((name) => !Object.hasOwn(other, name))
    .toSorted()
}
