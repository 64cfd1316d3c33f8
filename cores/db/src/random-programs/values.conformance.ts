/** Values that meet, for the columns of every random schema. */

import fc from 'fast-check'
import type { Kysely } from 'kysely'
import type { Shape } from './tables.conformance.ts'

export type Rows = Record<string, Record<string, unknown>>
export type Db = Kysely<Rows>

export const columns = {
  owners: ['id', 'label', 'flag'],
  items: ['id', 'ownerId', 'parentId', 'label', 'amount'],
  pairs: ['ownerId', 'itemId', 'label'],
  notes: ['id', 'pairOwner', 'pairItem', 'flag'],
} as const
export type TableKey = keyof typeof columns
export const keys = {
  owners: ['id'],
  items: ['id'],
  pairs: ['ownerId', 'itemId'],
  notes: ['id'],
} as const
export const tableKey = fc.constantFrom<TableKey>('owners', 'items', 'pairs', 'notes')
/** A number below the number of columns of any table; taken modulo. */
export const at = fc.nat(9)
/** Small, so that rows meet; some in another spelling of the same value. */
export const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 5, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom('null', '01', 'space') },
)
export type Value = number | string

export function columnsOf(of: TableKey): readonly string[] {
  return columns[of]
}

export function columnAt(of: TableKey, index: number): string {
  const all = columnsOf(of)
  return all[index % all.length] ?? 'id'
}

export function isText(column: string, { key }: Shape, of: TableKey): boolean {
  if (column === 'label') return true
  return key === 'text' && column !== 'amount' && !(of === 'notes' && column === 'id')
}

export function toValue(given: Value, column: string, of: TableKey, shape: Shape): unknown {
  if (given === 'null') return null
  if (column === 'flag') return given === '01' || given === 1 || given === 2
  const text = isText(column, shape, of)
  if (given === '01') return text ? 'A' : '01'
  if (given === 'space') return text ? 'a ' : 2
  return text ? 'abcdef'.charAt(Number(given) - 1) : given
}

/** A few rows that refer to one another. */
export async function seed(db: Db, shape: Shape): Promise<void> {
  const given = (of: TableKey, values: readonly Value[]): Record<string, unknown> =>
    Object.fromEntries(
      columnsOf(of).map((column, index) => [
        column,
        toValue(values[index] ?? 'null', column, of, shape),
      ]),
    )
  await db
    .insertInto('owners')
    .values([1, 2, 3].map((n) => given('owners', [n, n, n])))
    .execute()
  await db
    .insertInto('items')
    .values([
      given('items', [1, 1, 'null', 1, 1]),
      given('items', [2, 1, 1, 2, 2]),
      given('items', [3, 2, 2, 1, 3]),
    ])
    .execute()
  const pairs = [given('pairs', [1, 1, 1]), given('pairs', [1, 2, 2]), given('pairs', [3, 3, 1])]
  await db.insertInto('pairs').values(pairs).execute()
  const notes = [given('notes', [1, 1, 2, 1]), given('notes', [2, 3, 3, 3])]
  await db.insertInto('notes').values(notes).execute()
}
