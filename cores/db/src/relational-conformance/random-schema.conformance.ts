/** Random schemas with rows, for comparing ways to fetch the same thing. */

import fc from 'fast-check'
import {
  type AnyColumn,
  type AnyTable,
  index,
  integer,
  relations,
  table,
  type TableFacts,
  unique,
  varchar,
} from '../index.ts'
import { tableFacts } from '../schema/table-facts.ts'

/** A row of a random table. */
export type Row = Record<string, number | string | null>

/** One relation as the oracle knows it. */
export interface KnownRelation {
  readonly kind: 'one' | 'many'
  readonly target: string
  readonly links: readonly { readonly outer: string; readonly inner: string }[]
  readonly through?: {
    readonly table: string
    readonly links: readonly { readonly outer: string; readonly inner: string }[]
  }
}

/** A schema, its rows and its relations. */
export interface World {
  readonly module: Record<string, unknown>
  readonly tables: ReadonlyMap<string, AnyTable & Record<string, AnyColumn>>
  readonly rows: ReadonlyMap<string, readonly Row[]>
  readonly relations: ReadonlyMap<string, ReadonlyMap<string, KnownRelation>>
}

interface TablePlan {
  readonly parents: readonly { readonly to: number; readonly indexed: boolean }[]
  readonly rows: readonly {
    readonly n: number | null
    readonly s: string | null
    readonly refs: readonly number[]
  }[]
}

const value = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 4 })
const word = fc.option(fc.constantFrom('a', 'b', 'B', 'ä', "it's"), { freq: 4 })

/** Two to four tables; each refers to one or two of them, itself included, and every pair may have a junction. */
export const worlds: fc.Arbitrary<World> = fc
  .array(
    fc.record<TablePlan>({
      parents: fc.array(fc.record({ to: fc.nat(3), indexed: fc.boolean() }), {
        minLength: 1,
        maxLength: 2,
      }),
      rows: fc.array(
        fc.record({ n: value, s: word, refs: fc.array(fc.nat(9), { minLength: 2, maxLength: 2 }) }),
        { maxLength: 7 },
      ),
    }),
    { minLength: 2, maxLength: 4 },
  )
  .chain((plans) =>
    fc
      .array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 10 })
      .map((pairs) => createWorld(plans, pairs)),
  )

function createWorld(
  plans: readonly TablePlan[],
  pairs: readonly (readonly [number, number])[],
): World {
  const tables = new Map<string, AnyTable & Record<string, AnyColumn>>()
  const rows = new Map<string, readonly Row[]>()
  const known = new Map<string, Map<string, KnownRelation>>()
  const name = (at: number): string => `t${at % plans.length}`
  for (const [at, plan] of plans.entries()) {
    const own = table(
      `w_${name(at)}`,
      {
        id: integer().primaryKey(),
        n: integer(),
        someText: varchar(20),
        ...Object.fromEntries(
          plan.parents.map(({ to }, index) => [
            `ref${index}`,
            // cast: tables of any columns
            integer().references((): AnyColumn => tables.get(name(to))?.['id'] as AnyColumn),
          ]),
        ),
      },
      (t) => {
        const columns = t as unknown as Record<string, AnyColumn> // cast: columns of any names
        return Object.fromEntries(
          plan.parents.flatMap(({ indexed }, index) => {
            const column = columns[`ref${index}`]
            return indexed && column !== undefined
              ? [[`by${index}`, index_(at, index).on(column)]]
              : []
          }),
        )
      },
    )
    tables.set(name(at), own as unknown as AnyTable & Record<string, AnyColumn>) // cast: as above
    rows.set(
      name(at),
      plan.rows.map(({ n, s, refs }, id): Row => ({
        id,
        n,
        someText: s,
        ...Object.fromEntries(
          plan.parents.map(({ to }, index) => {
            const count = plans[to % plans.length]?.rows.length ?? 0
            const ref = refs[index] ?? 0
            // Nines refer to nothing.
            return [`ref${index}`, count === 0 || ref === 9 ? null : ref % count]
          }),
        ),
      })),
    )
  }
  const [left, right] = [name(0), name(1)]
  const [a, b] = [rows.get(left) ?? [], rows.get(right) ?? []]
  const junction = table(
    'w_between',
    {
      id: integer().primaryKey(),
      leftId: integer()
        .notNull()
        .references((): AnyColumn => tables.get(left)?.['id'] as AnyColumn), // cast: as above
      rightId: integer()
        .notNull()
        .references((): AnyColumn => tables.get(right)?.['id'] as AnyColumn), // cast: as above
    },
    (t) => ({ pair: unique('w_pair').on(t.leftId, t.rightId) }),
  )
  tables.set('between', junction as unknown as AnyTable & Record<string, AnyColumn>) // cast: as above
  const seen = new Map<string, Row>()
  if (a.length > 0 && b.length > 0) {
    for (const [one, two] of pairs) {
      const [leftId, rightId] = [one % a.length, two % b.length]
      seen.set(`${leftId}:${rightId}`, { id: seen.size, leftId, rightId })
    }
  }
  rows.set(
    'between',
    [...seen.values()].map((row, id) => ({ ...row, id })),
  )
  const module: Record<string, unknown> = Object.fromEntries(tables)
  for (const [at, plan] of plans.entries()) {
    const own = tables.get(name(at))
    if (own === undefined) continue
    const mine = known.get(name(at)) ?? new Map<string, KnownRelation>()
    known.set(name(at), mine)
    for (const [index, { to }] of plan.parents.entries()) {
      const theirs = known.get(name(to)) ?? new Map<string, KnownRelation>()
      known.set(name(to), theirs)
      mine.set(`one${index}`, {
        kind: 'one',
        target: name(to),
        links: [{ outer: `ref${index}`, inner: 'id' }],
      })
      theirs.set(`many${at}x${index}`, {
        kind: 'many',
        target: name(at),
        links: [{ outer: 'id', inner: `ref${index}` }],
      })
    }
  }
  known.get(left)?.set('others', {
    kind: 'many',
    target: right,
    links: [{ outer: 'id', inner: 'leftId' }],
    through: { table: 'between', links: [{ outer: 'rightId', inner: 'id' }] },
  })
  for (const [key, own] of known) {
    const declared = tables.get(key)
    if (declared === undefined) continue
    module[`${key}Relations`] = relations(declared, ({ one, many }) =>
      Object.fromEntries(
        [...own].map(([relationKey, relation]) => {
          const target = tables.get(relation.target)
          const [link] = relation.links
          if (target === undefined || link === undefined)
            throw new TypeError('a relation without a table')
          const column = (of: Record<string, AnyColumn> | undefined, at: string): AnyColumn =>
            of?.[at] as AnyColumn // cast: it is there
          if (relation.kind === 'one') {
            return [
              relationKey,
              one(target, {
                fields: [column(declared, link.outer)],
                references: [column(target, link.inner)],
                relationName: `${key}.${link.outer}`,
              }),
            ]
          }
          return [
            relationKey,
            relation.through === undefined
              ? many(target, { relationName: `${relation.target}.${link.inner}` })
              : many(target, { through: junction }),
          ]
        }),
      ),
    )
  }
  const world = { module, tables, rows, relations: known }
  // What is printed of a counterexample.
  return Object.assign(world, {
    [fc.toStringMethod]: () =>
      JSON.stringify([[...rows], [...known].map(([key, own]) => [key, [...own]])]),
  })
}

function index_(at: number, position: number) {
  return index(`w_index_${at}_${position}`)
}

/** The statements that make the tables, without foreign keys: their order does not matter then. */
export function createTables(
  world: World,
  quote: (name: string) => string,
  options: string,
): string[] {
  return [...world.tables.values()].flatMap((own) => {
    const facts: TableFacts = own[tableFacts]
    const columns = [...facts.columns.values()].map(
      (column) =>
        `${quote(column.name)} ${column.facts.type.name === 'integer' ? 'integer' : 'varchar(20)'}${column.facts.primaryKey ? ' primary key' : ''}`,
    )
    const indexes = facts
      .constraints()
      .flatMap((one) =>
        one.kind === 'index'
          ? [
              `create index ${quote(one.name ?? '')} on ${quote(facts.name)} (${one.columns.map((column) => quote(column.name)).join(', ')})`,
            ]
          : [],
      )
    return [`create table ${quote(facts.name)} (${columns.join(', ')})${options}`, ...indexes]
  })
}
