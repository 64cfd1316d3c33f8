/** The members of a row: the columns that were chosen, and expressions beside them. */

import type { OperationNode } from 'kysely'
import { DbError } from '../errors.ts'
import { typeOfNode } from '../query/typed.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Field } from './level.ts'
import type { LooseOptions } from './loose-options.ts'
import { reference } from './nodes.ts'

/** Resolves `columns` and `extras`. */
export function planFields(
  table: TableFacts,
  alias: string,
  given: {
    readonly columns: LooseOptions['columns']
    readonly extras: readonly (readonly [string, OperationNode])[]
  },
): readonly Field[] {
  const columns = chosenColumns(table, given.columns).map((column): Field => ({
    name: column.key,
    node: reference(alias, column.key),
    type: column.facts.type,
    isExtra: false,
  }))
  const extras = given.extras.map(([name, node]): Field => {
    if (table.columns.has(name)) {
      throw new DbError(
        'invalid_options',
        `extras of "${table.name}": "${name}" is a column already; give the expression another name`,
      )
    }
    return { name, node, type: typeOfNode(node), isExtra: true }
  })
  return [...columns, ...extras]
}

function chosenColumns(
  table: TableFacts,
  chosen: LooseOptions['columns'],
): readonly AnyBoundColumn[] {
  const all = [...table.columns.values()]
  if (chosen === undefined) return all
  for (const key of Object.keys(chosen)) {
    if (!table.columns.has(key))
      throw new DbError('unknown_column', `table "${table.name}" has no column "${key}"`)
  }
  const wanted = all.filter((column) => chosen[column.key] === true)
  return wanted.length > 0 ? wanted : all.filter((column) => chosen[column.key] !== false)
}
