/** Changes of a table that its dialect cannot alter in place: all of them in one rebuild. */

import { MigrationPlanError } from '../migration-errors.ts'
import type { Change } from './changes.ts'
import { columnText, sameKey } from './column-text.ts'
import { fillerOf } from './filler.ts'
import { added, type PlanContext, type TablePlan } from './table-plan.ts'
import { expressionText } from './fold.ts'
import type { ColumnSnapshot, TableSnapshot } from './snapshot.ts'

/** Undefined when nothing but indexes and simple new columns changed. */
export function planRebuild(
  from: TableSnapshot,
  to: TableSnapshot,
  context: PlanContext,
): TablePlan | undefined {
  const { facts } = context
  const reason = rebuildReason(from, to, context)
  if (reason === undefined) return undefined
  if (facts.rebuild === undefined) {
    throw new MigrationPlanError(
      `"${reason}" of "${to.name}" changed; this dialect cannot alter constraints of a table that exists, and rebuilding ` +
        'the table cannot be generated. Write the migration by hand: mizan db generate <name> --empty',
    )
  }
  if (facts.rebuildDeletes === true) assertNobodyRefers(from, reason, context)
  const triggers = Object.values(context.to.objects ?? {}).filter(
    (object) => object.kind === 'trigger' && object.table === to.name,
  )
  const rebuild: Change = {
    kind: 'rebuildTable',
    before: from,
    after: to,
    copy: copyOf(from, to, context),
    enums: context.to.enums,
    restore: triggers,
  }
  return { rename: [], remove: [], columns: [rebuild], add: [] }
}

/** Dropping the old table deletes its rows: those that refer to them, its own copies too, would go along, lose their value, or stop it. */
function assertNobodyRefers(
  table: TableSnapshot,
  reason: string,
  { from: { tables } }: PlanContext,
): void {
  for (const child of Object.values(tables)) {
    const key = child.foreignKeys.find((one) => one.table === table.name)
    if (key === undefined) continue
    throw new MigrationPlanError(
      `"${reason}" of "${table.name}" changed, for which the table is built anew; ${child.name}.${key.columns.join(', ')} refers to it ` +
        `(on delete ${key.onDelete}), and this database enforces keys meanwhile, so that rows of "${child.name}" would be lost. ` +
        'Add what you need as columns without constraints, or move the rows into a new table by hand: mizan db generate <name> --empty',
    )
  }
}

function copyOf(
  from: TableSnapshot,
  to: TableSnapshot,
  { facts, to: { enums } }: PlanContext,
): Readonly<Record<string, string>> {
  const quote = facts.quote ?? ((name: string) => name)
  const entries = to.columns.flatMap((column): [string, string][] => {
    if (column.generated !== undefined) return []
    const before = from.columns.find((one) => one.name === column.name)
    if (before === undefined) {
      const filler = fillerOf(column, to, { facts, enums })
      return filler === undefined ? [] : [[column.name, filler]]
    }
    const given = column.default
    // Rows without a value get the default that the column now has.
    const fallback =
      column.notNull && !before.notNull && given?.kind === 'value'
        ? facts.literal?.(given.value, column.type)
        : undefined
    const own = quote(column.name)
    return [[column.name, fallback === undefined ? own : `coalesce(${own}, ${fallback})`]]
  })
  return Object.fromEntries(entries)
}

/** The name of the first thing that cannot be altered in place. */
function rebuildReason(
  from: TableSnapshot,
  to: TableSnapshot,
  { facts, from: { enums: enumsBefore }, to: { enums } }: PlanContext,
): string | undefined {
  const texts = (table: TableSnapshot): string[] => [
    ...table.foreignKeys.map((key) => sameKey(table, 'foreign key', key)),
    ...table.checks.map((check) => `${check.name} ${expressionText(check, 'source')}`),
  ]
  const [before, after] = [texts(from), texts(to)]
  if (before.toSorted().join() !== after.toSorted().join()) {
    const [named] = [...to.foreignKeys, ...to.checks, ...from.foreignKeys, ...from.checks].filter(
      (_one, index) => index >= 0,
    )
    const changed = [...to.foreignKeys, ...to.checks].find(
      ({ name }) => ![...from.foreignKeys, ...from.checks].some((one) => one.name === name),
    )
    return (changed ?? named)?.name ?? 'constraint'
  }
  if (from.primaryKey.join() !== to.primaryKey.join()) return 'primary key'
  const gone = added(to, from)
  const used = gone.find((column) => isUsed(column, from))
  if (used !== undefined) return used.name
  const hard = added(from, to).find((column) => !isSimple(column, to))
  if (hard !== undefined) return hard.name
  const changed = to.columns.find((column) => {
    const old = from.columns.find((one) => one.name === column.name)
    return (
      old !== undefined &&
      columnText(old, from, { facts, enums: enumsBefore }) !==
        columnText(column, to, { facts, enums })
    )
  })
  return changed?.name
}

/** Whether more than the column itself speaks of it; a check or an expression may. */
function isUsed(column: ColumnSnapshot, table: TableSnapshot): boolean {
  return (
    table.checks.length > 0 ||
    table.primaryKey.includes(column.name) ||
    table.columns.some((one) => one.generated !== undefined) ||
    table.foreignKeys.some((key) => key.columns.includes(column.name)) ||
    column.type.name === 'enum'
  )
}

/** What ALTER TABLE ADD COLUMN takes. */
function isSimple(column: ColumnSnapshot, table: TableSnapshot): boolean {
  const given = column.default
  const constant = given === undefined || given.kind === 'value'
  return (
    constant &&
    column.generated === undefined &&
    column.identity === undefined &&
    (!column.notNull || given !== undefined) &&
    !table.foreignKeys.some((key) => key.columns.includes(column.name))
  )
}
