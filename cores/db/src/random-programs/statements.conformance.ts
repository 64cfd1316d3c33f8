/** Random statements that change something. */

import fc from 'fast-check'
import { type Builder, condition, toCondition } from './conditions.conformance.ts'
import type { Query } from './reads.conformance.ts'
import type { Shape } from './tables.conformance.ts'
import {
  at,
  columnAt,
  columnsOf,
  type Db,
  keys,
  tableKey,
  toValue,
  type Value,
  value,
} from './values.conformance.ts'

const row = fc.array(value, { minLength: 5, maxLength: 5 })

export const statement = fc.record({
  kind: fc.constantFrom(
    'insert',
    'insert',
    'insert',
    'upsert',
    'ignore',
    'insert-select',
    'update',
    'update',
    'delete',
    'delete',
    'in-cte',
  ),
  table: tableKey,
  rows: fc.oneof(
    { weight: 3, arbitrary: fc.array(row, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(row, { minLength: 2, maxLength: 3 }) },
  ),
  /** Columns that an insert leaves out, and that an update leaves alone. */
  skipped: fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(at, { maxLength: 2 }) },
  ),
  set: fc.array(fc.tuple(at, value), { minLength: 1, maxLength: 2 }),
  where: condition,
  returning: fc.boolean(),
})
export type Statement = typeof statement extends fc.Arbitrary<infer T> ? T : never

export interface Abilities {
  readonly returning: boolean
  /** WITH may hold statements that change things. */
  readonly changesInExpressions: boolean
}

export function toStatement(
  db: Db,
  shape: Shape,
  one: Statement,
  { returning: hasReturning, changesInExpressions }: Abilities,
): Query {
  const of = one.table
  const key: readonly string[] = keys[of]
  const skipped = new Set(one.skipped.map((index) => columnAt(of, index)))
  const all = columnsOf(of)
  const rowOf = (values: readonly Value[]): Record<string, unknown> =>
    Object.fromEntries(
      all
        .map((column, index) => [column, toValue(values[index] ?? 1, column, of, shape)] as const)
        .filter(([column]) => !skipped.has(column)),
    )
  const assignments = Object.fromEntries(
    one.set.map(([column, given]) => {
      const name = columnAt(of, column)
      return [name, toValue(given, name, of, shape)]
    }),
  )
  const rows = one.rows
    .map(rowOf)
    .map((row) => (Object.keys(row).length === 0 ? { [key[0] ?? 'id']: 1 } : row))
  const where = (alias: string) => (eb: Builder) => toCondition(eb, one.where, { of, alias, shape })
  const back = <Q extends { returning(column: never): unknown }>(query: Q): Query =>
    (one.returning && hasReturning ? query.returning(key[0] as never) : query) as unknown as Query // cast: what both can do
  switch (one.kind) {
    case 'insert':
      return back(db.insertInto(of).values(rows))
    case 'upsert':
      return hasReturning
        ? back(
            db
              .insertInto(of)
              .values(rows)
              .onConflict((conflict) => conflict.columns([...key]).doUpdateSet(assignments)),
          )
        : db.insertInto(of).values(rows).onDuplicateKeyUpdate(assignments)
    case 'ignore':
      return hasReturning
        ? back(
            db
              .insertInto(of)
              .values(rows)
              .onConflict((conflict) => conflict.columns([...key]).doNothing()),
          )
        : db.insertInto(of).ignore().values(rows)
    case 'insert-select': {
      // Notes get their key by themselves, and the others from what is there: most collide, some do not.
      const targets = all.filter((column) => !(of === 'notes' && column === 'id'))
      return back(
        db
          .insertInto(of)
          .columns([...targets])
          .expression((eb) =>
            eb
              .selectFrom(`${of} as s`)
              .select(
                targets.map((column, index) =>
                  column === 'id'
                    ? eb.val(toValue(one.rows[0]?.[index] ?? 3, column, of, shape)).as(column)
                    : eb.ref(`s.${column}`).as(column),
                ),
              )
              .where(where('s'))
              .limit(1),
          ),
      )
    }
    case 'in-cte':
    case 'update': {
      const update = db.updateTable(of).set(assignments).where(where(of))
      return one.kind === 'in-cte' && changesInExpressions
        ? db
            .with('changed', () => update.returning(key[0] ?? 'id'))
            .selectFrom('changed')
            .selectAll()
        : back(update)
    }
    case 'delete':
      return back(db.deleteFrom(of).where(where(of)))
  }
}
