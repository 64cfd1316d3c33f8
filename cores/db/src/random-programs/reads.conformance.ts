/** Random reads, of one to three tables. */

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
    'right',
    'exists',
    'in',
    'cte',
    'union',
    'except',
    'count',
    'group',
    'derived',
    'scalar',
    'chain',
    'scalar-chain',
    'shadowed',
    'correlated-union',
  ),
  table: tableKey,
  other: tableKey,
  third: tableKey,
  on: fc.tuple(at, at),
  onThird: fc.tuple(at, at),
  /** Whether keys are compared as they are: those of different types do not compare on every database. */
  isDirect: fc.boolean(),
  isLeft: fc.boolean(),
  where: condition,
  second: condition,
})
export type Read = typeof read extends fc.Arbitrary<infer T> ? T : never

export interface Query {
  execute(): Promise<unknown[]>
  compile(): { readonly sql: string }
}

export function toQuery(db: Db, shape: Shape, one: Read): Query {
  const { table: of, other, third, on, isDirect } = one
  const left = `x.${columnAt(of, on[0])}`
  const right = `y.${columnAt(other, on[1])}`
  const here = (eb: Builder) => toCondition(eb, one.where, { of, alias: 'x', shape })
  const there = (eb: Builder) => toCondition(eb, one.second, { of: other, alias: 'y', shape })
  const plain = db.selectFrom(`${of} as x`).selectAll('x').where(here)
  const inner = db.selectFrom(`${other} as y`).where(there)
  const equal = (eb: Builder, a: string, b: string) =>
    isDirect
      ? eb(a, '=', eb.ref(b))
      : eb(eb.cast(eb.ref(a), 'char(9)'), '=', eb.cast(eb.ref(b), 'char(9)'))
  const related = (eb: Builder) => equal(eb, left, right)
  const relatedThird = (eb: Builder) =>
    equal(eb, `y.${columnAt(other, one.onThird[0])}`, `z.${columnAt(third, one.onThird[1])}`)
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
    case 'right':
      return db
        .selectFrom(`${of} as x`)
        .rightJoin(`${other} as y`, (join) => join.on(related as never).on(here as never))
        .select([`${left} as l`, `${right} as r`])
        .where(one.isLeft ? here : there)
    case 'exists':
      return plain.where((eb) => eb.exists(correlated.select(eb.lit(1).as('one'))))
    case 'in':
      if (isDirect) return plain.where((eb) => eb(left, 'in', inner.select(right) as never))
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
    case 'chain': {
      const x = db.selectFrom(`${of} as x`)
      const joined = one.isLeft
        ? x
            .leftJoin(`${other} as y`, (join) => join.on(related as never))
            .leftJoin(`${third} as z`, (join) => join.on(relatedThird as never))
        : x
            .innerJoin(`${other} as y`, (join) => join.on(related as never).on(there as never))
            .innerJoin(`${third} as z`, (join) => join.on(relatedThird as never))
      // cast: of either kind of join
      return (joined as typeof x)
        .select((eb) => [left, eb.fn.count(`z.${columnAt(third, one.onThird[1])}`).as('n')])
        .where(here)
        .groupBy(left)
    }
    case 'scalar-chain':
      return plain.select(
        () =>
          correlated
            .select((own) => own.fn.countAll().as('n'))
            .where((own) =>
              own.exists(
                own
                  .selectFrom(`${third} as z`)
                  .select(own.lit(1).as('one'))
                  .where(relatedThird as (own: Builder) => ReturnType<typeof here>),
              ),
            )
            .as('n') as never,
      )
    case 'shadowed':
      // The `x` inside is that of the outermost query: what stands beside it in FROM is not seen.
      return plain.where((eb) =>
        eb.exists(
          eb
            .selectFrom([`${third} as x`, correlated.select(eb.lit(1).as('one')).as('d') as never])
            .select(eb.lit(1).as('one')),
        ),
      )
    case 'correlated-union':
      return plain.where((eb) =>
        eb.exists(
          eb
            .selectFrom(`${third} as z`)
            .select(eb.lit(1).as('one'))
            .where((own) => toCondition(own, one.second, { of: third, alias: 'z', shape }))
            .union(correlated.select(eb.lit(1).as('one'))),
        ),
      )
    case 'scalar':
      return plain.select(
        (eb) => correlated.select(() => eb.fn.countAll().as('n')).as('n') as never,
      )
  }
}
