/** Random reads, of one table or two. */

import fc from 'fast-check'
import { type Builder, condition, toCondition } from './conditions.conformance.ts'
import type { Shape } from './tables.conformance.ts'
import { at, columnAt, type Db, tableKey } from './values.conformance.ts'

export const read = fc.record({
  kind: fc.constantFrom(
    'plain',
    'plain',
    'plain',
    'plain',
    'inner',
    'left',
    'right-of-left',
    'exists',
    'in',
    'cte',
    'union',
    'except',
    'count',
    'group',
    'derived',
    'scalar',
  ),
  table: tableKey,
  other: tableKey,
  on: fc.tuple(at, at),
  where: condition,
  second: condition,
})
export type Read = typeof read extends fc.Arbitrary<infer T> ? T : never

export interface Query {
  execute(): Promise<unknown[]>
  compile(): { readonly sql: string }
}

export function toQuery(db: Db, shape: Shape, one: Read): Query {
  const { table: of, other, on } = one
  const left = `x.${columnAt(of, on[0])}`
  const right = `y.${columnAt(other, on[1])}`
  const here = (eb: Builder) => toCondition(eb, one.where, { of, alias: 'x', shape })
  const there = (eb: Builder) => toCondition(eb, one.second, { of: other, alias: 'y', shape })
  const plain = db.selectFrom(`${of} as x`).selectAll('x').where(here)
  const inner = db.selectFrom(`${other} as y`).where(there)
  // Keys of different types do not compare on every database.
  const related = (eb: Builder) =>
    eb(eb.cast(eb.ref(left), 'char(9)'), '=', eb.cast(eb.ref(right), 'char(9)'))
  const correlated = inner.where(related as (eb: Builder) => ReturnType<typeof here>)
  switch (one.kind) {
    case 'plain':
      return plain
    case 'inner':
      return db
        .selectFrom(`${of} as x`)
        .innerJoin(`${other} as y`, (join) => join.on(related as never))
        .select([`${left} as l`, `${right} as r`])
        .where(here)
        .where(there)
    case 'left':
      return db
        .selectFrom(`${of} as x`)
        .leftJoin(`${other} as y`, (join) => join.on(related as never).on(there as never))
        .select([`${left} as l`, `${right} as r`])
        .where(here)
    case 'right-of-left':
      return db
        .selectFrom(`${of} as x`)
        .leftJoin(`${other} as y`, (join) => join.on(related as never).on(here as never))
        .select([`${left} as l`, `${right} as r`])
        .where(there)
    case 'exists':
      return plain.where((eb) => eb.exists(correlated.select(eb.lit(1).as('one'))))
    case 'in':
      return plain.where((eb) =>
        eb(
          eb.cast(eb.ref(left), 'char(9)'),
          'in',
          inner.select((own) => own.cast(own.ref(right), 'char(9)').as('v')) as never,
        ),
      )
    case 'cte':
      return db
        .with('chosen', () => inner.selectAll('y'))
        .selectFrom(`${of} as x`)
        .selectAll('x')
        .where(here)
        .where((eb) => eb.exists(eb.selectFrom('chosen').select(eb.lit(1).as('one'))))
    case 'union':
    case 'except': {
      const first = db.selectFrom(`${of} as x`).where(here)
      const one1 = first.select((eb) => eb.cast(eb.ref(left), 'char(9)').as('v'))
      const two = inner.select((eb) => eb.cast(eb.ref(right), 'char(9)').as('v'))
      return one.kind === 'union' ? one1.union(two) : one1.except(two)
    }
    case 'count':
      return db
        .selectFrom(`${of} as x`)
        .select((eb) => eb.fn.countAll().as('n'))
        .where(here)
    case 'group':
      return db
        .selectFrom(`${of} as x`)
        .select((eb) => [left, eb.fn.countAll().as('n')])
        .where(here)
        .groupBy(left)
        .having((eb) => eb(eb.fn.countAll(), '>', 1))
    case 'derived':
      return db
        .selectFrom((eb) => eb.selectFrom(`${of} as x`).selectAll('x').where(here).as('d'))
        .selectAll('d')
        .where(`d.${columnAt(of, on[0])}`, 'is not', null)
    case 'scalar':
      return plain.select(
        (eb) => correlated.select(() => eb.fn.countAll().as('n')).as('n') as never,
      )
  }
}
