/** Snapshot × snapshot → ordered changes. */

import { MigrationPlanError } from '../errors.ts'
import type { Change } from './changes.ts'
import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from './snapshot.ts'

/** What the plan must know of a dialect. */
export interface PlanFacts {
  /** Whether foreign keys and checks can be added to and taken from a table that exists. SQLite cannot. */
  readonly alterConstraints: boolean
  /** The plan takes changes back: a column that is never null may return without a default. @default false */
  readonly restores?: boolean
}

/**
 * The changes that lead from `from` to `to`.
 *
 * A dropped table and a new one stay two changes: renames are stated, never guessed.
 *
 * @throws MigrationPlanError for what cannot be expressed yet (another type or null-ness of a column, another primary key,
 *   removed enum values), naming the way out.
 */
export function planChanges(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  facts: PlanFacts,
): readonly Change[] {
  const created = keysOnlyIn(to.tables, from.tables)
  const dropped = keysOnlyIn(from.tables, to.tables)
  const kept = Object.keys(to.tables).filter((name) => Object.hasOwn(from.tables, name))
  const changed = kept.map((name) =>
    planTable(tableOf(from, name), tableOf(to, name), { facts, from, to }),
  )
  return [
    ...planEnums(from, to),
    ...changed.flatMap((plan) => plan.remove),
    ...planDrops(from, dropped, facts),
    ...planCreates(to, created, facts),
    ...changed.flatMap((plan) => plan.add),
    ...keysOnlyIn(from.enums, to.enums).map((name): Change => ({
      kind: 'dropEnum',
      name,
      values: from.enums[name]?.values ?? [],
    })),
  ]
}

function planEnums(from: SchemaSnapshot, to: SchemaSnapshot): Change[] {
  for (const [name, { values }] of Object.entries(to.enums)) {
    const before = from.enums[name]?.values
    if (before !== undefined && before.join('\n') !== values.join('\n')) {
      throw new MigrationPlanError(
        `The values of enum "${name}" changed (${before.join(', ')} → ${values.join(', ')}), which cannot be generated yet. ` +
          'Write the migration by hand: mizan db generate <name> --empty',
      )
    }
  }
  return keysOnlyIn(to.enums, from.enums).map((name): Change => ({
    kind: 'createEnum',
    name,
    values: to.enums[name]?.values ?? [],
  }))
}

/** Referenced tables first; a circle is closed by foreign keys that are added when all tables exist. */
function planCreates(to: SchemaSnapshot, names: readonly string[], facts: PlanFacts): Change[] {
  const tables = byDependency(names.map((name) => tableOf(to, name)))
  const missing = new Set(names)
  const late: Change[] = []
  const creates = tables.flatMap((table): Change[] => {
    missing.delete(table.name)
    const inline = table.foreignKeys.filter(
      (key) => !facts.alterConstraints || key.table === table.name || !missing.has(key.table),
    )
    for (const foreignKey of table.foreignKeys) {
      if (!inline.includes(foreignKey))
        late.push({ kind: 'addForeignKey', table: table.name, foreignKey })
    }
    return [
      { kind: 'createTable', table: { ...table, foreignKeys: inline }, enums: to.enums },
      ...table.indexes.map((index): Change => ({ kind: 'createIndex', table: table.name, index })),
    ]
  })
  return [...creates, ...late]
}

/** Referencing tables first; foreign keys of a circle go before. */
function planDrops(from: SchemaSnapshot, names: readonly string[], facts: PlanFacts): Change[] {
  const tables = byDependency(names.map((name) => tableOf(from, name))).toReversed()
  const gone = new Set<string>()
  const early: Change[] = []
  const drops = tables.map((table): Change => {
    gone.add(table.name)
    for (const other of tables) {
      for (const foreignKey of other.foreignKeys) {
        if (foreignKey.table === table.name && !gone.has(other.name) && facts.alterConstraints) {
          early.push({ kind: 'dropForeignKey', table: other.name, foreignKey })
        }
      }
    }
    return { kind: 'dropTable', table, enums: from.enums }
  })
  return [...early, ...drops]
}

function byDependency(tables: readonly TableSnapshot[]): TableSnapshot[] {
  const byName = new Map(tables.map((table) => [table.name, table]))
  const ordered = new Set<TableSnapshot>()
  const visit = (table: TableSnapshot, path: ReadonlySet<TableSnapshot>): void => {
    if (ordered.has(table) || path.has(table)) return
    for (const key of table.foreignKeys) {
      const target = byName.get(key.table)
      if (target !== undefined) visit(target, new Set([...path, table]))
    }
    ordered.add(table)
  }
  for (const table of tables) visit(table, new Set())
  return [...ordered]
}

interface TablePlan {
  readonly remove: readonly Change[]
  readonly add: readonly Change[]
}

interface PlanContext {
  readonly facts: PlanFacts
  readonly from: SchemaSnapshot
  readonly to: SchemaSnapshot
}

function planTable(from: TableSnapshot, to: TableSnapshot, context: PlanContext): TablePlan {
  const table = to.name
  if (from.primaryKey.join() !== to.primaryKey.join()) {
    throw new MigrationPlanError(
      `The primary key of "${table}" changed (${from.primaryKey.join(', ')} → ${to.primaryKey.join(', ')}), ` +
        'which cannot be generated yet. Write the migration by hand: mizan db generate <name> --empty',
    )
  }
  const columns = difference(from.columns, to.columns)
  for (const [before, after] of columns.changed) assertSameColumn(table, before, after)
  if (context.facts.restores !== true)
    for (const column of columns.added) assertFillable(table, column)
  const [indexes, uniques] = [
    difference(from.indexes, to.indexes),
    difference(from.uniques, to.uniques),
  ]
  const [keys, checks] = [
    difference(from.foreignKeys, to.foreignKeys),
    difference(from.checks, to.checks),
  ]
  assertAlterable(table, context.facts, [
    ...keys.removed,
    ...keys.added,
    ...checks.removed,
    ...checks.added,
  ])
  return {
    remove: [
      ...keys.removed.map((foreignKey): Change => ({ kind: 'dropForeignKey', table, foreignKey })),
      ...checks.removed.map((check): Change => ({ kind: 'dropCheck', table, check })),
      ...uniques.removed.map((unique): Change => ({ kind: 'dropUnique', table, unique })),
      ...indexes.removed.map((index): Change => ({ kind: 'dropIndex', table, index })),
      ...columns.removed.map((column): Change => ({
        kind: 'dropColumn',
        table,
        column,
        enums: context.from.enums,
      })),
    ],
    add: [
      ...columns.added.map((column): Change => ({
        kind: 'addColumn',
        table,
        column,
        enums: context.to.enums,
      })),
      ...uniques.added.map((unique): Change => ({ kind: 'addUnique', table, unique })),
      ...indexes.added.map((index): Change => ({ kind: 'createIndex', table, index })),
      ...checks.added.map((check): Change => ({ kind: 'addCheck', table, check })),
      ...keys.added.map((foreignKey): Change => ({ kind: 'addForeignKey', table, foreignKey })),
    ],
  }
}

interface Difference<T> {
  readonly removed: readonly T[]
  readonly added: readonly T[]
  /** Of one name and not equal. Keys of a table are removed and added instead. */
  readonly changed: readonly (readonly [T, T])[]
}

function difference<T extends { readonly name: string }>(
  from: readonly T[],
  to: readonly T[],
): Difference<T> {
  const before = new Map(from.map((one) => [one.name, one]))
  const after = new Map(to.map((one) => [one.name, one]))
  const isColumn = (one: T): boolean => 'notNull' in one
  const changed = to.flatMap((one): (readonly [T, T])[] => {
    const old = before.get(one.name)
    return old === undefined || canonical(old) === canonical(one) ? [] : [[old, one]]
  })
  const replaced = new Set(changed.filter(([one]) => !isColumn(one)).map(([one]) => one.name))
  return {
    removed: from.filter((one) => !after.has(one.name) || replaced.has(one.name)),
    added: to.filter((one) => !before.has(one.name) || replaced.has(one.name)),
    changed: changed.filter(([one]) => isColumn(one)),
  }
}

function assertSameColumn(table: string, before: ColumnSnapshot, after: ColumnSnapshot): void {
  const facts = [
    ['type', before.type, after.type],
    ['null-ness', before.notNull, after.notNull],
    ['default', before.default, after.default],
  ] as const
  for (const [what, old, now] of facts) {
    if (canonical(old) === canonical(now)) continue
    throw new MigrationPlanError(
      `The ${what} of "${table}"."${after.name}" changed (${canonical(old)} → ${canonical(now)}), which cannot be ` +
        'generated yet. Write the migration by hand: mizan db generate <name> --empty',
    )
  }
}

function assertFillable(table: string, column: ColumnSnapshot): void {
  const counts = column.type.name === 'serial' || column.type.name === 'bigserial'
  if (!column.notNull || column.default !== undefined || counts) return
  throw new MigrationPlanError(
    `"${table}"."${column.name}" is new and never null, but rows that exist have no value for it. ` +
      'Give it a default, or add it nullable, fill it, and make it not null in a migration by hand',
  )
}

function assertAlterable(
  table: string,
  facts: PlanFacts,
  constraints: readonly { readonly name: string }[],
): void {
  const [first] = constraints
  if (facts.alterConstraints || first === undefined) return
  throw new MigrationPlanError(
    `"${first.name}" of "${table}" changed; this dialect cannot alter constraints of a table that exists, and rebuilding ` +
      'the table cannot be generated yet. Write the migration by hand: mizan db generate <name> --empty',
  )
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'none'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${key}: ${canonical(member)}`)
    .join(', ')}}`
}

function keysOnlyIn(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(one)
    .filter((name) => !Object.hasOwn(other, name))
    .toSorted()
}

function tableOf(snapshot: SchemaSnapshot, name: string): TableSnapshot {
  const table = snapshot.tables[name]
  if (table === undefined) throw new TypeError(`the snapshot has no table "${name}"`)
  return table
}
