/** Random nested queries as data, made into options for the data core and answered naively for comparison. */

import fc from 'fast-check'
import type { LooseOptions, Strategy } from '../relational/loose-options.ts'
import type { KnownRelation, Row, World } from './random-schema.conformance.ts'

/** A condition as data. */
export type ConditionPlan =
  | { readonly kind: 'n'; readonly least: number }
  | { readonly kind: 'text'; readonly word: string }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'some' | 'every' | 'none'
      readonly relation: number
      readonly least: number | null
    }
  | { readonly kind: 'or'; readonly parts: readonly ConditionPlan[] }

/** A query as data; relations are chosen by number among those that the table has. */
export interface QueryPlan {
  readonly where: ConditionPlan | null
  readonly order: readonly {
    readonly key: 'n' | 'someText'
    readonly descending: boolean
    readonly nulls: 'first' | 'last' | null
  }[]
  readonly limit: number | null
  readonly offset: number | null
  readonly only: boolean
  readonly counts: readonly number[]
  readonly with: readonly {
    readonly relation: number
    readonly query: QueryPlan
    readonly strategy: Strategy | null
  }[]
}

const condition: fc.Arbitrary<ConditionPlan> = fc.letrec<{
  any: ConditionPlan
  leaf: ConditionPlan
}>((tie) => ({
  leaf: fc.oneof(
    fc.record({ kind: fc.constant('n' as const), least: fc.nat(3) }),
    fc.record({ kind: fc.constant('text' as const), word: fc.constantFrom('a', 'B') }),
    fc.constant({ kind: 'empty' as const }),
    fc.record({
      kind: fc.constantFrom('some' as const, 'every' as const, 'none' as const),
      relation: fc.nat(9),
      least: fc.option(fc.nat(3)),
    }),
  ),
  any: fc.oneof(
    { weight: 3, arbitrary: tie('leaf') },
    fc.record({
      kind: fc.constant('or' as const),
      parts: fc.array(tie('leaf'), { minLength: 1, maxLength: 2 }),
    }),
  ),
})).any

/** Up to three levels deep. */
export function queries(strategies: readonly Strategy[], depth = 2): fc.Arbitrary<QueryPlan> {
  return fc.record({
    where: fc.option(condition),
    order: fc.uniqueArray(
      fc.record({
        key: fc.constantFrom('n' as const, 'someText' as const),
        descending: fc.boolean(),
        nulls: fc.option(fc.constantFrom('first' as const, 'last' as const)),
      }),
      { maxLength: 2, selector: (one) => one.key },
    ),
    limit: fc.option(fc.nat(3)),
    offset: fc.option(fc.nat(2), { freq: 2 }),
    only: fc.boolean(),
    counts: fc.array(fc.nat(9), { maxLength: 1 }),
    with:
      depth === 0
        ? fc.constant([])
        : fc.array(
            fc.record({
              relation: fc.nat(9),
              query: queries(strategies, depth - 1),
              strategy: fc.option(fc.constantFrom(...strategies), { freq: 3 }),
            }),
            { maxLength: 2 },
          ),
  })
}

function relationAt(world: World, key: string, at: number): [string, KnownRelation] | undefined {
  const all = [...(world.relations.get(key) ?? [])]
  return all[at % Math.max(all.length, 1)]
}

/** The options of a query; `strategy` for all its relations, or as the query says. */
export function optionsOf(
  plan: QueryPlan,
  key: string,
  given: {
    readonly world: World
    readonly strategy: Strategy | undefined
    readonly own: boolean
    readonly isOne?: boolean
  },
): LooseOptions {
  const { world, strategy, own, isOne = false } = given
  const related = plan.with.flatMap((one) => {
    const found = relationAt(world, key, one.relation)
    if (found === undefined) return []
    const [name, { kind, target }] = found
    const options = optionsOf(one.query, target, { ...given, isOne: kind === 'one' })
    return [[name, own && one.strategy !== null ? { ...options, strategy: one.strategy } : options]]
  })
  const counts = plan.counts.flatMap((at) => {
    const found = relationAt(world, key, at)
    return found === undefined ? [] : [[found[0], true]]
  })
  const shared: LooseOptions = {
    ...(plan.only ? { columns: { n: true } } : {}),
    with: Object.fromEntries(related),
    _count: Object.fromEntries(counts),
    strategy,
  }
  if (isOne) return shared
  return {
    ...shared,
    where: (t, o) => conditionOf(plan.where, t as never, o as never, world, key) as never, // cast: operators of any table
    orderBy: (t, o) => {
      const operators = o as Record<'asc' | 'desc', (column: unknown, options: object) => never> // cast: as above
      const columns = t as Record<string, unknown> // cast: as above
      return plan.order.map(({ key: column, descending, nulls }) =>
        operators[descending ? 'desc' : 'asc'](columns[column], nulls === null ? {} : { nulls }),
      )
    },
    limit: plan.limit ?? undefined,
    offset: plan.offset ?? undefined,
  }
}

type Operators = Record<string, (...given: unknown[]) => unknown>

function conditionOf(
  plan: ConditionPlan | null,
  t: Record<string, unknown>,
  o: Operators,
  world: World,
  key: string,
): unknown {
  if (plan === null) return undefined
  switch (plan.kind) {
    case 'n':
      return o['gte']?.(t['n'], plan.least)
    case 'text':
      return o['eq']?.(t['someText'], plan.word)
    case 'empty':
      return o['isNull']?.(t['n'])
    case 'or':
      return o['or']?.(...plan.parts.map((part) => conditionOf(part, t, o, world, key)))
    default: {
      const found = relationAt(world, key, plan.relation)
      if (found === undefined) return undefined
      const { least } = plan
      return least === null
        ? o[plan.kind]?.(found[0])
        : o[plan.kind]?.(found[0], (inner: Record<string, unknown>, op: Operators) =>
            op['gte']?.(inner['n'], least),
          )
    }
  }
}

/** The rows that a query means, by loops. */
export function answer(
  plan: QueryPlan,
  key: string,
  world: World,
  candidates: readonly Row[],
  isOne = false,
): object[] {
  const kept = isOne
    ? [...candidates]
    : candidates.filter((row) => plan.where === null || holds(plan.where, row, world, key) === true)
  const sorted = isOne ? kept : kept.toSorted((a, b) => compare(a, b, plan))
  const start = isOne ? 0 : (plan.offset ?? 0)
  const page = sorted.slice(start, isOne || plan.limit === null ? undefined : start + plan.limit)
  return page.map((row) => {
    const found: Record<string, unknown> = plan.only ? { n: row['n'] } : { ...row }
    for (const { relation, query } of plan.with) {
      const own = relationAt(world, key, relation)
      if (own === undefined) continue
      const [name, known] = own
      const rows = answer(
        query,
        known.target,
        world,
        relatedRows(row, known, world),
        known.kind === 'one',
      )
      found[name] = known.kind === 'one' ? (rows[0] ?? null) : rows
    }
    const counts = plan.counts.flatMap((at) => {
      const own = relationAt(world, key, at)
      return own === undefined ? [] : [[own[0], relatedRows(row, own[1], world).length]]
    })
    return counts.length === 0 ? found : { ...found, _count: Object.fromEntries(counts) }
  })
}

function relatedRows(
  row: Row,
  { target, links, through }: KnownRelation,
  world: World,
): readonly Row[] {
  const rows = (key: string): readonly Row[] => world.rows.get(key) ?? []
  const matches = (outer: Row, inner: Row, by: KnownRelation['links']): boolean =>
    by.every((link) => outer[link.outer] !== null && outer[link.outer] === inner[link.inner])
  if (through === undefined) return rows(target).filter((inner) => matches(row, inner, links))
  return rows(through.table)
    .filter((between) => matches(row, between, links))
    .flatMap((between) => rows(target).filter((inner) => matches(between, inner, through.links)))
}

/** Null: unknown, as in SQL. */
function holds(plan: ConditionPlan, row: Row, world: World, key: string): boolean | null {
  switch (plan.kind) {
    case 'n':
      return row['n'] === null ? null : Number(row['n']) >= plan.least
    case 'text':
      return row['someText'] === null ? null : row['someText'] === plan.word
    case 'empty':
      return row['n'] === null
    case 'or': {
      const parts = plan.parts.map((part) => holds(part, row, world, key))
      return parts.includes(true) ? true : parts.includes(null) ? null : false
    }
    default: {
      const found = relationAt(world, key, plan.relation)
      if (found === undefined) return true
      const { least } = plan
      const related = relatedRows(row, found[1], world)
      const good = related.filter(
        (inner) => least === null || (inner['n'] !== null && Number(inner['n']) >= least),
      )
      if (plan.kind === 'some') return good.length > 0
      return plan.kind === 'none' ? good.length === 0 : good.length === related.length
    }
  }
}

function compare(a: Row, b: Row, plan: QueryPlan): number {
  for (const { key, descending, nulls } of plan.order) {
    const [x, y] = [a[key] ?? null, b[key] ?? null]
    if (x === y) continue
    const nullsLast = (nulls ?? (descending ? 'first' : 'last')) === 'last'
    if (x === null) return nullsLast ? 1 : -1
    if (y === null) return nullsLast ? -1 : 1
    const order = typeof x === 'number' ? x - Number(y) : byBytes(x, String(y))
    if (order !== 0) return descending ? -order : order
  }
  return Number(a['id']) - Number(b['id'])
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
