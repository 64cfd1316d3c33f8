/** Relations by name, and by which columns their rows are found in a query. */

import { DbError } from '../errors.ts'
import type { Relation } from '../schema/relations.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { PlanContext, RelatedLevel } from './level.ts'
import { reference } from './nodes.ts'
import { joinOf } from './relation-join.ts'

/** The key of a table of the schema. */
export function keyOf(table: TableFacts, schema: Schema): string {
  const key = schema.keys.get(table)
  if (key !== undefined) return key
  throw new DbError('unknown_table', `table "${table.name}" is not part of this client's schema`)
}

/** @throws DbError when there is none. */
export function relationOf(table: TableFacts, name: string, schema: Schema): Relation {
  const all = schema.relations.get(table)
  const relation = all?.get(name)
  if (relation !== undefined) return relation
  const known = all === undefined || all.size === 0 ? 'none' : [...all.keys()].join(', ')
  throw new DbError(
    'unknown_relation',
    `table "${table.name}" has no relation "${name.slice(0, 60)}"; it has ${known}`,
  )
}

/** Links and junction of a relation whose level has `alias`. */
export function linkRelation(
  relation: Relation,
  table: TableFacts,
  alias: string,
  context: PlanContext,
): Pick<RelatedLevel, 'links' | 'junction'> {
  const { links, junction } = joinOf(relation, table, context.schema)
  if (junction === undefined)
    return { links: links.map((link) => ({ ...link, alias })), junction: undefined }
  const own = context.nextAlias()
  return {
    links: links.map((link) => ({ ...link, alias: own })),
    junction: {
      key: keyOf(junction.table, context.schema),
      alias: own,
      on: junction.links.map(({ outer, inner }) => ({
        left: reference(alias, outer.key),
        right: reference(own, inner.key),
      })),
    },
  }
}
