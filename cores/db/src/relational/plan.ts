/** Options of a nested query → levels. */

import { DbError } from '../errors.ts'
import { type TableFacts, tableFacts } from '../schema/table-facts.ts'
import { cursorCondition } from './cursor.ts'
import type { Level, LevelPlace, PlanContext, RelatedLevel } from './level.ts'
import { keyOf, linkRelation, relationOf } from './link-relation.ts'
import { looksOut } from './looks-out.ts'
import { assertOptions, expressionIn, type LooseOptions, wholeNumber } from './loose-options.ts'
import { planOrder } from './order.ts'
import { planFields } from './plan-fields.ts'
import { operatorsFor } from './relation-filters.ts'
import { chooseStrategy } from './strategy.ts'
import { isOneRow } from './unique-rows.ts'

/** Deeper nesting than this is a mistake, or an attack with somebody's options. */
const maximumDepth = 8

/**
 * Resolves the options of a query.
 *
 * @throws DbError for a column or relation that does not exist, or too deep nesting.
 */
export function planLevel(
  table: TableFacts,
  options: LooseOptions,
  context: PlanContext,
  place: LevelPlace = { depth: 0, strategy: undefined, isOnce: true },
): Level {
  if (place.depth > maximumDepth) {
    throw new DbError(
      'query_too_deep',
      `relations of "${table.name}" are nested deeper than ${maximumDepth} levels`,
    )
  }
  const key = keyOf(table, context.schema)
  assertOptions(options, table)
  const alias = context.nextAlias()
  const value = Object.fromEntries(table.columns)
  const operators = operatorsFor(table, alias, context)
  const { where, orderBy, extras } = options
  const given = expressionIn('where', typeof where === 'function' ? where(value, operators) : where)
  const wanted = typeof orderBy === 'function' ? orderBy(value, operators) : orderBy
  const orders = (Array.isArray(wanted) ? wanted : [wanted]).flatMap(
    (one) => expressionIn('orderBy', one) ?? [],
  )
  const fields = planFields(table, alias, {
    columns: options.columns,
    extras: typeof extras === 'function' ? extras(value, operators) : extras,
  })
  const order = planOrder(orders, table, alias)
  const after =
    options.after === undefined
      ? []
      : [cursorCondition(options.after, { order, table, dialect: context.dialect })]
  const level = {
    table,
    key,
    alias,
    fields,
    where: [...(given === undefined ? [] : [given]), ...after],
    order,
    limit: wholeNumber('limit', options.limit),
    offset: wholeNumber('offset', options.offset),
    isOneRow: given !== undefined && isOneRow(given, table, alias),
    looksOut: looksOut(
      [...(given === undefined ? [] : [given]), ...orders, ...fields.map((field) => field.node)],
      table,
      alias,
    ),
  }
  const inner: LevelPlace = {
    depth: place.depth + 1,
    strategy: options.strategy ?? place.strategy,
    isOnce: place.isOnce && (level.isOneRow || (level.limit !== undefined && level.limit <= 1)),
  }
  const related = (kind: 'count' | undefined) =>
    Object.entries((kind === 'count' ? options._count : options.with) ?? {}).flatMap(
      ([name, asked]) =>
        asked === undefined || asked === false
          ? []
          : [
              planRelation(
                { table, alias, name, kind, options: asked === true ? {} : asked },
                context,
                inner,
              ),
            ],
    )
  const relations = related(undefined)
  const counts = related('count')
  return {
    ...level,
    relations,
    counts,
    looksOut: level.looksOut || [...relations, ...counts].some((one) => one.level.looksOut),
  }
}

interface WantedRelation {
  readonly table: TableFacts
  readonly alias: string
  readonly name: string
  readonly kind: 'count' | undefined
  readonly options: LooseOptions
}

function planRelation(
  { table, name, kind, options }: WantedRelation,
  context: PlanContext,
  place: LevelPlace,
): RelatedLevel {
  const relation = relationOf(table, name, context.schema)
  const level = planLevel(relation.table[tableFacts], options, context, place)
  const joined = linkRelation(relation, table, level.alias, context)
  const unplaced = { name, kind: kind ?? relation.kind, level, ...joined }
  const strategy = chooseStrategy(unplaced, context, {
    ...place,
    strategy: options.strategy ?? place.strategy,
  })
  return { ...unplaced, strategy }
}
