/** Options of a nested query → levels. */

import { type TableFacts, tableFacts } from '../schema/table-facts.ts'
import { cursorCondition } from './cursor.ts'
import type { Level, LevelPlace, PlanContext, RelatedLevel } from './level.ts'
import { keyOf, linkRelation, relationOf } from './link-relation.ts'
import { looksOut } from './looks-out.ts'
import { wholeNumber } from './loose-options.ts'
import { planOrder } from './order.ts'
import { planFields } from './plan-fields.ts'
import type { ResolvedOptions, ResolvedRelation } from './resolve-options.ts'
import { chooseStrategy } from './strategy.ts'
import { isOneRow } from './unique-rows.ts'

/**
 * Plans a level and those below it.
 *
 * @throws DbError for a column that does not exist.
 */
export function planLevel(
  table: TableFacts,
  resolved: ResolvedOptions,
  context: PlanContext,
  place: LevelPlace = { depth: 0, strategy: undefined, isOnce: true },
): Level {
  const key = keyOf(table, context.schema)
  const { alias, where: given, orders, extras, given: options } = resolved
  const fields = planFields(table, alias, { columns: options.columns, extras })
  const order = planOrder(orders, table, alias)
  const after =
    resolved.after === undefined ? [] : [cursorCondition(resolved.after, context.dialect)]
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
  const related = (kind: 'count' | undefined, asked: readonly ResolvedRelation[]): RelatedLevel[] =>
    asked.map(({ name, options: own }) =>
      planRelation({ table, name, kind, options: own }, context, inner),
    )
  const relations = related(undefined, resolved.relations)
  const counts = related('count', resolved.counts)
  return {
    ...level,
    relations,
    counts,
    looksOut: level.looksOut || [...relations, ...counts].some((one) => one.level.looksOut),
  }
}

interface WantedRelation {
  readonly table: TableFacts
  readonly name: string
  readonly kind: 'count' | undefined
  readonly options: ResolvedOptions
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
    strategy: options.given.strategy ?? place.strategy,
  })
  return { ...unplaced, strategy }
}
