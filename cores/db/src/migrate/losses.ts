/** What taking a migration back does not bring back: known from the kind of change, before anything runs. */

import type { Change } from '../snapshot/changes.ts'
import { canonicalText } from '../snapshot/column-text.ts'
import { needsFiller } from '../snapshot/filler.ts'
import type { ColumnSnapshot } from '../snapshot/snapshot.ts'

/** In words, for the changes of an up script. */
export function lossesOf(changes: readonly Change[]): readonly string[] {
  return changes.flatMap((change): string[] => {
    switch (change.kind) {
      case 'dropTable':
        return [`the rows of ${change.table.name}`]
      case 'dropColumn':
        return [columnLoss(change.table, change.column) + keyLoss(change, changes)]
      case 'alterColumn':
        return canonicalText(change.before.type) === canonicalText(change.after.type)
          ? []
          : [`values of ${change.table}.${change.after.name} that the other type does not keep`]
      case 'alterEnum':
        return change.before.some((value) => !change.after.includes(value))
          ? [`which rows of ${change.name} held a value that is gone`]
          : []
      case 'rebuildTable': {
        const kept = new Set(change.after.columns.map((column) => column.name))
        return change.before.columns
          .filter((column) => !kept.has(column.name))
          .map((column) => columnLoss(change.before.name, column))
      }
      default:
        return []
    }
  })
}

/** Of changes, those by which data is lost when they are applied. */
export function isDestructive(change: Change): boolean {
  if (change.kind === 'rebuildTable') return lossesOf([change]).length > 0
  if (change.kind === 'alterEnum') return lossesOf([change]).length > 0
  return change.kind === 'dropTable' || change.kind === 'dropColumn'
}

/** A value that would have to be another one in each row is not made up. */
function keyLoss(
  { table, column }: Extract<Change, { readonly kind: 'addColumn' | 'dropColumn' }>,
  changes: readonly Change[],
): string {
  if (!column.notNull || column.default !== undefined) return ''
  const own = changes.filter((one) => 'table' in one && one.table === table)
  const refers = own.some(
    (one) => one.kind === 'dropForeignKey' && one.foreignKey.columns.includes(column.name),
  )
  if (refers) return '; it refers to other rows, so it comes back to an empty table only'
  const alone = own.some(
    (one) => one.kind === 'dropUnique' && one.unique.columns.join() === column.name,
  )
  return alone ? '; it is unique, so it comes back to a table with one row at most' : ''
}

function columnLoss(table: string, column: ColumnSnapshot): string {
  const bare = {
    name: table,
    columns: [],
    primaryKey: [],
    uniques: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
  }
  const filled = needsFiller(column, bare) ? ' (rows come back with an empty value)' : ''
  return `the values of ${table}.${column.name}${filled}`
}
