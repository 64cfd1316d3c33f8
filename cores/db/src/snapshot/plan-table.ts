/** Table × table of one name → changes. */

import { MigrationPlanError } from '../migration-errors.ts'
import type { Change } from './changes.ts'
import { canonicalText, columnText, sameKey } from './column-text.ts'
import { fillerOf } from './filler.ts'
import { planRebuild } from './plan-rebuild.ts'
import { added, type PlanContext, type TablePlan } from './table-plan.ts'
import type {
  ColumnSnapshot,
  ForeignKeySnapshot,
  KeySnapshot,
  SchemaSnapshot,
  TableSnapshot,
} from './snapshot.ts'

/** @throws MigrationPlanError */
export function planTable(from: TableSnapshot, to: TableSnapshot, context: PlanContext): TablePlan {
  const { facts } = context
  const table = to.name
  if (facts.restores !== true) for (const column of added(from, to)) assertFillable(table, column)
  if (!facts.alterConstraints) {
    const rebuild = planRebuild(from, to, context)
    if (rebuild !== undefined) return rebuild
  }
  const columns = planColumns(from, to, context)
  const differenceOf = facts.renameKey === undefined ? againInsteadOfRenamed : difference
  const uniques = differenceOf(from.uniques, to.uniques, (one) => sameKey(from, 'unique', one))
  const indexes = differenceOf(from.indexes, to.indexes, (one) => sameKey(from, 'index', one))
  const checks = difference(from.checks, to.checks, ({ name, source, notValid }) =>
    canonicalText({ name, source, notValid }),
  )
  const keys = planForeignKeys(from, to, context)
  const rename = (
    of: 'unique' | 'index',
    pairs: readonly (readonly [string, string])[],
  ): Change[] =>
    pairs.map(([before, after]) => ({ kind: 'renameKey', table, of, from: before, to: after }))
  return {
    rename: [...rename('unique', uniques.renamed), ...rename('index', indexes.renamed)],
    remove: [
      ...keys.remove,
      ...checks.removed.map((check): Change => ({ kind: 'dropCheck', table, check })),
      ...uniques.removed.map((unique): Change => ({ kind: 'dropUnique', table, unique })),
      ...indexes.removed.map((index): Change => ({ kind: 'dropIndex', table, index })),
    ],
    columns,
    add: [
      ...uniques.added.map((unique): Change => ({ kind: 'addUnique', table, unique })),
      ...indexes.added.map((index): Change => ({ kind: 'createIndex', table, index })),
      ...checks.added.map((check): Change => ({ kind: 'addCheck', table, check })),
      ...keys.add,
    ],
  }
}

/** Where a key cannot be renamed it goes, and comes back under its new name. */
function againInsteadOfRenamed<T extends Pick<KeySnapshot, 'name'>>(
  from: readonly T[],
  to: readonly T[],
  text: (one: T) => string,
): Difference<T> {
  const { removed, added: own, renamed } = difference(from, to, text)
  const [old, now] = [renamed.map((pair) => pair[0]), renamed.map((pair) => pair[1])]
  return {
    removed: [...removed, ...from.filter((one) => old.includes(one.name))],
    added: [...own, ...to.filter((one) => now.includes(one.name))],
    renamed: [],
  }
}

function planColumns(from: TableSnapshot, to: TableSnapshot, context: PlanContext): Change[] {
  const { facts } = context
  const table = to.name
  const [enumsBefore, enums] = [context.from.enums, context.to.enums]
  const changed = to.columns.flatMap((after): Change[] => {
    const before = from.columns.find((one) => one.name === after.name)
    if (before === undefined) return []
    const same =
      columnText(before, from, { facts, enums: enumsBefore }) ===
      columnText(after, to, { facts, enums })
    const changes: Change[] = same
      ? []
      : [
          {
            kind: 'alterColumn',
            table,
            before: asStored(before, from),
            after: asStored(after, to),
            enumsBefore,
            enums,
          },
        ]
    if (before.comment !== after.comment && facts.comment !== undefined)
      changes.push({ kind: 'comment', table, column: after, text: after.comment, enums })
    return changes
  })
  const comment: Change[] =
    from.comment === to.comment || facts.comment === undefined
      ? []
      : [{ kind: 'comment', table, text: to.comment, enums }]
  const add = (column: ColumnSnapshot): Change => {
    const filler = fillerOf(column, to, { facts, enums })
    return { kind: 'addColumn', table, column, enums, ...(filler === undefined ? {} : { filler }) }
  }
  const drop = (column: ColumnSnapshot): Change => ({
    kind: 'dropColumn',
    table,
    column,
    enums: enumsBefore,
  })
  const isComputed = (column: ColumnSnapshot): boolean => column.generated !== undefined
  const isPlain = (column: ColumnSnapshot): boolean => !isComputed(column)
  // A computed column steps aside while a column that it may read changes.
  const aside = to.columns.filter(
    (column) =>
      isComputed(column) &&
      from.columns.some((one) => one.name === column.name && isComputed(one)) &&
      changed.some(
        (change) =>
          change.kind === 'alterColumn' && column.generated?.source.includes(change.after.name),
      ),
  )
  const standing = changed.filter(
    (change) =>
      change.kind !== 'alterColumn' || !aside.some((column) => column.name === change.after.name),
  )
  // A column of a key cannot be null before it has left the key.
  const leavesKey = (change: Change): boolean =>
    change.kind === 'alterColumn' &&
    from.primaryKey.includes(change.before.name) &&
    !to.primaryKey.includes(change.after.name)
  return [
    ...added(from, to).filter(isPlain).map(add),
    ...[...added(to, from).filter(isComputed), ...aside].map(drop),
    ...standing.filter((change) => !leavesKey(change)),
    ...(from.primaryKey.join() === to.primaryKey.join()
      ? []
      : [
          {
            kind: 'changePrimaryKey' as const,
            table,
            before: from.primaryKey,
            beforeName: from.primaryKeyName,
            after: to.primaryKey,
          },
        ]),
    ...standing.filter(leavesKey),
    ...added(to, from).filter(isPlain).map(drop),
    ...[...added(from, to).filter(isComputed), ...aside].map(add),
    ...comment,
  ]
}

/** What is part of a key is never null, whatever was said. */
function asStored(column: ColumnSnapshot, table: TableSnapshot): ColumnSnapshot {
  return table.primaryKey.includes(column.name) ? { ...column, notNull: true } : column
}

/** Keys that differ, and those that stand in the way of what changes below them. */
function planForeignKeys(
  from: TableSnapshot,
  to: TableSnapshot,
  context: PlanContext,
): { readonly remove: readonly Change[]; readonly add: readonly Change[] } {
  const table = to.name
  // What differs there is a rebuild.
  if (!context.facts.alterConstraints) return { remove: [], add: [] }
  const keys = difference(from.foreignKeys, to.foreignKeys, (one) =>
    sameKey(from, 'foreign key', one),
  )
  const kept = to.foreignKeys.filter(
    (key) => !keys.added.includes(key) && isHeld(from, key, context),
  )
  const before = (key: ForeignKeySnapshot): ForeignKeySnapshot =>
    from.foreignKeys.find(
      (one) =>
        one.name === key.name ||
        keys.renamed.some(([old, now]) => old === one.name && now === key.name),
    ) ?? key
  const renamed = to.foreignKeys.filter(
    (key) => !kept.includes(key) && keys.renamed.some(([, now]) => now === key.name),
  )
  const again = [...kept, ...renamed]
  return {
    remove: [...keys.removed, ...again.map(before)].map((foreignKey) => ({
      kind: 'dropForeignKey',
      table,
      foreignKey,
      ...(context.facts.keysHoldColumns === true && !isIndexed(from, foreignKey)
        ? { implicitIndex: true }
        : {}),
    })),
    add: [...keys.added, ...again].map((foreignKey) => ({
      kind: 'addForeignKey',
      table,
      foreignKey,
    })),
  }
}

/** Whether an index or key that was declared begins with the columns of a foreign key. */
function isIndexed(table: TableSnapshot, key: ForeignKeySnapshot): boolean {
  const all = [
    table.primaryKey,
    ...table.uniques.map((one) => one.columns),
    ...table.indexes.map((one) => one.columns),
  ]
  return all.some((columns) => columns.slice(0, key.columns.length).join() === key.columns.join())
}

/** Whether the key it refers to changes, or a column or index of it where that is not allowed under a key. */
function isHeld(
  own: TableSnapshot,
  key: ForeignKeySnapshot,
  { facts, from, to }: PlanContext,
): boolean {
  const [before, after] = [from.tables[key.table], to.tables[key.table]]
  const ownAfter = to.tables[own.name]
  if (before === undefined || after === undefined || ownAfter === undefined) return false
  const target = key.references.join()
  const keysOf = (table: TableSnapshot): string[] =>
    [table.primaryKey, ...table.uniques.map((one) => one.columns)].map((one) => one.join())
  const gone = keysOf(before).filter((one) => one === target).length
  if (gone !== keysOf(after).filter((one) => one === target).length) return true
  if (before.primaryKey.join() === target && after.primaryKey.join() !== target) return true
  const uniqueNames = (table: TableSnapshot): string =>
    table.uniques
      .filter((one) => one.columns.join() === target)
      .map((one) => one.name)
      .join()
  if (uniqueNames(before) !== uniqueNames(after)) return true
  if (facts.keysHoldColumns !== true) return false
  const text = (table: TableSnapshot, columns: readonly string[], enums: SchemaSnapshot['enums']) =>
    table.columns
      .filter((one) => columns.includes(one.name))
      .map((one) => columnText(one, table, { facts, enums }))
      .join()
  const indexes = (table: TableSnapshot): string =>
    canonicalText([table.indexes, table.uniques, table.primaryKey])
  return (
    text(own, key.columns, from.enums) !== text(ownAfter, key.columns, to.enums) ||
    text(before, key.references, from.enums) !== text(after, key.references, to.enums) ||
    indexes(own) !== indexes(ownAfter) ||
    indexes(before) !== indexes(after)
  )
}

interface Difference<T> {
  readonly removed: readonly T[]
  readonly added: readonly T[]
  /** Equal in all but a generated name: old name, new name. */
  readonly renamed: readonly (readonly [string, string])[]
}

function difference<T extends Pick<KeySnapshot, 'name'>>(
  from: readonly T[],
  to: readonly T[],
  text: (one: T) => string,
): Difference<T> {
  const texts = new Map(from.map((one) => [one.name, text(one)]))
  const same = new Set(to.filter((one) => texts.get(one.name) === text(one)).map((one) => one.name))
  const left = from.filter((one) => !same.has(one.name))
  const renamed: (readonly [string, string])[] = []
  const addedOnes = to.filter((one) => {
    if (same.has(one.name)) return false
    const match = left.findIndex(
      (old) => !to.some((other) => other.name === old.name) && text(old) === text(one),
    )
    if (match === -1) return true
    renamed.push([left[match]?.name ?? '', one.name])
    left.splice(match, 1)
    return false
  })
  return { removed: left, added: addedOnes, renamed }
}

function assertFillable(table: string, column: ColumnSnapshot): void {
  const counts = column.type.name === 'serial' || column.type.name === 'bigserial'
  const computed = column.generated !== undefined || column.identity !== undefined
  if (!column.notNull || column.default !== undefined || counts || computed) return
  throw new MigrationPlanError(
    `"${table}"."${column.name}" is new and never null, but rows that exist have no value for it. ` +
      'Give it a default, or add it nullable, fill it, and make it not null in a migration by hand',
  )
}
