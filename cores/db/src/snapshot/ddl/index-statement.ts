/** CREATE INDEX, with everything an index may say. */

import type { DdlFacts } from '../ddl-facts.ts'
import type { IndexElementSnapshot, IndexSnapshot } from '../snapshot.ts'
import { columnList } from './constraint-clauses.ts'

/** What stands between CREATE INDEX and the name of the index. */
export interface IndexForm {
  readonly concurrently?: boolean
}

/** CREATE INDEX, with everything an index may say. */
export function indexStatement(
  table: string,
  index: IndexSnapshot,
  facts: DdlFacts,
  { concurrently = false }: IndexForm = {},
): string {
  const { quote, relation } = facts
  const elements: readonly IndexElementSnapshot[] =
    index.elements ?? index.columns.map((column) => ({ column }))
  const texts = elements.map((one) =>
    [
      one.column === undefined ? `(${one.expression?.source ?? ''})` : quote(one.column),
      one.collation === undefined ? '' : `collate ${quote(one.collation)}`,
      one.opclass ?? '',
      one.order ?? '',
      one.nulls === undefined ? '' : `nulls ${one.nulls}`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  )
  return [
    `create ${index.unique === true ? 'unique ' : ''}index${concurrently ? ' concurrently' : ''} ${quote(index.name)}`,
    `on ${relation(table)}`,
    index.using === undefined ? '' : `using ${index.using}`,
    `(${texts.join(', ')})`,
    index.include === undefined ? '' : `include (${columnList(index.include, facts)})`,
    index.nullsNotDistinct === true ? 'nulls not distinct' : '',
    index.where === undefined ? '' : `where ${index.where.source}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
