/** Options of a nested query with their callbacks called: plain data and operation trees, level by level. */

import type { OperationNode } from 'kysely'
import { DbError } from '../errors.ts'
import { type TableFacts, tableFacts } from '../schema/table-facts.ts'
import type { PlanContext } from './level.ts'
import { type CursorPlace, cursorPlaces } from './cursor.ts'
import { relationOf } from './link-relation.ts'
import { assertOptions, expressionIn, type LooseOptions } from './loose-options.ts'
import { planOrder } from './order.ts'
import { operatorsFor } from './relation-filters.ts'

/** One level. */
export interface ResolvedOptions {
  readonly alias: string
  readonly where: OperationNode | undefined
  readonly orders: readonly OperationNode[]
  readonly extras: readonly (readonly [string, OperationNode])[]
  readonly relations: readonly ResolvedRelation[]
  readonly counts: readonly ResolvedRelation[]
  /** The row behind which they begin. */
  readonly after: readonly CursorPlace[] | undefined
  readonly given: LooseOptions
}

/** A relation that is asked for. */
export interface ResolvedRelation {
  readonly name: string
  readonly options: ResolvedOptions
}

/** Deeper nesting than this is a mistake, or an attack with somebody's options. */
const maximumDepth = 8

/** @throws DbError for a relation that does not exist, what is no condition, or too deep nesting. */
export function resolveOptions(
  table: TableFacts,
  options: LooseOptions,
  context: PlanContext,
  depth = 0,
): ResolvedOptions {
  if (depth > maximumDepth) {
    throw new DbError(
      'query_too_deep',
      `relations of "${table.name}" are nested deeper than ${maximumDepth} levels`,
    )
  }
  assertOptions(options, table)
  const alias = context.nextAlias()
  const { where, orderBy, extras } = options
  const value = columnsOf(table)
  const call = <T>(
    given: T | ((table: object, operators: object) => T | undefined),
  ): T | undefined =>
    typeof given === 'function'
      ? (given as (table: object, operators: object) => T)(
          value,
          operatorsFor(table, alias, context),
        ) // cast: checked
      : given
  const ordered = call(orderBy)
  const orders = (Array.isArray(ordered) ? ordered : [ordered]).flatMap(
    (one) => expressionIn('orderBy', one) ?? [],
  )
  return {
    alias,
    where: expressionIn('where', call(where)),
    orders,
    extras: Object.entries(call(extras) ?? {}).flatMap(([name, given]) => {
      const node = expressionIn(`extras.${name}`, given)
      return node === undefined ? [] : [[name, node] as const]
    }),
    relations: relationsOf(options.with),
    counts: relationsOf(options._count),
    after:
      options.after === undefined
        ? undefined
        : cursorPlaces(options.after, {
            order: planOrder(orders, table, alias),
            table,
            dialect: context.dialect,
          }),
    given: options,
  }

  function relationsOf(asked: LooseOptions['with']): ResolvedRelation[] {
    return Object.entries(asked ?? {}).flatMap(([name, own]) => {
      if (own === undefined || own === false) return []
      const target = relationOf(table, name, context.schema).table[tableFacts]
      return [
        { name, options: resolveOptions(target, own === true ? {} : own, context, depth + 1) },
      ]
    })
  }
}

const columns = new WeakMap<TableFacts, object>()

function columnsOf(table: TableFacts): object {
  let own = columns.get(table)
  if (own === undefined) {
    own = Object.freeze(Object.fromEntries(table.columns))
    columns.set(table, own)
  }
  return own
}
