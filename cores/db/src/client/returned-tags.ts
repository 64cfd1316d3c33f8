/** Columns that are added to what a statement returns, so that it tells which rows it changed. */

import {
  AliasNode,
  ColumnNode,
  DeleteQueryNode,
  IdentifierNode,
  InsertQueryNode,
  ReferenceNode,
  ReturningNode,
  type RootOperationNode,
  SelectionNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { KnownValues } from '../query/analysis.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import { maximumPlacedRows } from './write-tags.ts'

/** Added columns begin like this, and leave the rows again. */
const prefix = 'mizan_tag_'

/** The name of an added column in the result. */
export function tagName(index: number): string {
  return `${prefix}${index}`
}

/** The trees that were made of a tree, by the columns that were added: what is prepared stays prepared. */
const known = new WeakMap<RootOperationNode, Map<string, RootOperationNode>>()

/** The statement with more columns in RETURNING; `table` is the name that they are of. */
export function withReturning(
  node: RootOperationNode,
  columns: readonly AnyBoundColumn[],
  table: string | undefined,
): RootOperationNode {
  if (!(InsertQueryNode.is(node) || UpdateQueryNode.is(node) || DeleteQueryNode.is(node)))
    return node
  const key = JSON.stringify(columns.map(({ name }) => name))
  const made = known.get(node) ?? new Map<string, RootOperationNode>()
  known.set(node, made)
  let changed = made.get(key)
  if (changed === undefined) {
    const added = columns.map((column, index) =>
      SelectionNode.create(
        AliasNode.create(
          ReferenceNode.create(
            ColumnNode.create(column.name),
            table === undefined ? undefined : TableNode.create(table),
          ),
          IdentifierNode.create(tagName(index)),
        ),
      ),
    )
    const selections = [...(node.returning?.selections ?? []), ...added]
    changed = Object.freeze({ ...node, returning: ReturningNode.create(selections) })
    made.set(key, changed)
  }
  return changed
}

/** The values of the added columns; of many rows no more than one too many. */
export function takeTags(
  rows: readonly unknown[],
  columns: readonly AnyBoundColumn[],
  dialect: DialectPackage,
): readonly KnownValues[] {
  const codecs = columns.map((column) => dialect.codecs(column.facts.type))
  return rows.slice(0, maximumPlacedRows + 1).map((row) => {
    const record = row as Readonly<Record<string, unknown>> // cast: rows are objects by column name
    return new Map(
      columns.map((column, index) => {
        const raw = record[tagName(index)] ?? null
        return [column, raw === null ? null : codecs[index]?.decode(raw)]
      }),
    )
  })
}

/** Whether the statement itself returns rows. */
export function hasReturning(node: RootOperationNode): boolean {
  return 'returning' in node && node.returning !== undefined
}

/** A row without the added columns. */
export function withoutTags(row: unknown): unknown {
  // cast: rows are objects by column name
  return Object.fromEntries(
    Object.entries(row as object).filter(([name]) => !name.startsWith(prefix)),
  )
}
