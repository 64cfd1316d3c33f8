/** Conditions on related rows: `some`, `every` and `none`. */

import { ExpressionWrapper, type SqlBool } from 'kysely'
import { type Condition, operators, type Operators } from '../query/operators.ts'
import { type TableFacts, tableFacts } from '../schema/table-facts.ts'
import type { PlanContext } from './level.ts'
import { linkRelation, relationOf } from './link-relation.ts'
import { looksOut, markFilter } from './looks-out.ts'
import { expressionIn, type LooseOptions } from './loose-options.ts'
import { filterQuery } from './filter-query.ts'
import { own } from './nodes.ts'

type Filter = (name: string, where?: LooseOptions['where']) => Condition

/** Operators whose relation filters are those of the table with the alias. */
export interface LooseOperators extends Operators {
  readonly some: Filter
  readonly every: Filter
  readonly none: Filter
}

/** The operators that a callback of a level is given. */
export function operatorsFor(
  table: TableFacts,
  alias: string,
  context: PlanContext,
): LooseOperators {
  const filter =
    (kind: 'some' | 'every' | 'none'): Filter =>
    (name, where) =>
      planFilter({ table, alias, name, where, kind }, context)
  // cast: the operators of all levels are its prototype
  const own = Object.create(operators) as {
    -readonly [K in keyof LooseOperators]: LooseOperators[K]
  }
  own.some = filter('some')
  own.every = filter('every')
  own.none = filter('none')
  return own
}

interface WantedFilter {
  readonly table: TableFacts
  readonly alias: string
  readonly name: string
  readonly where: LooseOptions['where']
  readonly kind: 'some' | 'every' | 'none'
}

function planFilter(
  { table, alias, name, where, kind }: WantedFilter,
  context: PlanContext,
): Condition {
  const relation = relationOf(table, name, context.schema)
  const target = relation.table[tableFacts]
  const inner = context.nextAlias()
  const given =
    typeof where === 'function'
      ? where(Object.fromEntries(target.columns), operatorsFor(target, inner, context))
      : where
  const condition = expressionIn(kind, given)
  const joined = linkRelation(relation, table, inner, context)
  const query = filterQuery(
    { ...joined, table: target, alias: inner, outer: alias, condition, negated: kind === 'every' },
    context.schema,
  )
  const isOut = condition !== undefined && looksOut([condition], target, inner)
  // A row for which the condition is unknown does not meet it: "every" has a row like that as its counterexample.
  const text = kind === 'some' ? 'exists ' : 'not exists '
  return new ExpressionWrapper<never, never, SqlBool>(markFilter(own([text, ''], [query]), isOut))
}
