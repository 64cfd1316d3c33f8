/** SELECT and RETURNING lists. */

import {
  AliasNode,
  ColumnNode,
  IdentifierNode,
  type OperationNode,
  ReferenceNode,
  SelectionNode,
  TableNode,
} from 'kysely'
import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { NameResolver } from './name-resolver.ts'
import type { Output, OutputColumn, Source } from './source.ts'

/** What a list is bound with. */
export interface SelectionContext {
  readonly names: NameResolver
  readonly dialect: DialectPackage
  readonly bind: (node: OperationNode) => OperationNode
}

/** A bound list and the columns of its result. */
export interface BoundSelections {
  readonly nodes: readonly SelectionNode[]
  readonly output: Output
}

/** Binds a SELECT or RETURNING list: `*` becomes columns, columns get their keys as names. `bind` binds an expression. */
export function bindSelections(
  nodes: readonly SelectionNode[],
  { names, dialect, bind }: SelectionContext,
): BoundSelections {
  const bound: SelectionNode[] = []
  const output: OutputColumn[] = []
  let known = true
  for (const { selection } of nodes) {
    const all = names.sourcesOfAll(selection)
    if (all === undefined) {
      const column = outputOf(selection, names)
      if (column === undefined) known = false
      else output.push(column)
      bound.push(SelectionNode.create(bindSelection(selection, column, bind)))
      continue
    }
    for (const source of all) {
      const columns = columnsOf(source, dialect)
      if (columns === undefined) {
        known = false
        bound.push(
          all.length === 1 && names.scope.sources.length === 1
            ? SelectionNode.createSelectAll()
            : SelectionNode.createSelectAllFromTable(TableNode.create(source.sqlName)),
        )
        continue
      }
      for (const { sqlName, name, codec } of columns) {
        output.push({ name, codec })
        bound.push(
          SelectionNode.create(
            named(
              ReferenceNode.create(ColumnNode.create(sqlName), TableNode.create(source.sqlName)),
              { sqlName, name },
            ),
          ),
        )
      }
    }
  }
  return { nodes: bound, output: known ? output : undefined }
}

function outputOf(selection: OperationNode, names: NameResolver): OutputColumn | undefined {
  if (AliasNode.is(selection)) {
    if (!IdentifierNode.is(selection.alias)) return undefined
    names.scope.aliases.add(selection.alias.name)
    return { name: selection.alias.name, codec: names.codecOf(selection.node) }
  }
  if (ReferenceNode.is(selection) && ColumnNode.is(selection.column)) {
    return { name: selection.column.column.name, codec: names.codecOf(selection) }
  }
  return undefined
}

function bindSelection(
  selection: OperationNode,
  output: OutputColumn | undefined,
  bind: SelectionContext['bind'],
): AliasNode | ReferenceNode {
  const bound = bind(selection)
  if (ReferenceNode.is(bound) && ColumnNode.is(bound.column) && output !== undefined) {
    return named(bound, { sqlName: bound.column.column.name, name: output.name })
  }
  return bound as AliasNode // cast: any other expression keeps its kind
}

/** A column under its key, where its name is another. */
function named(
  node: ReferenceNode,
  { sqlName, name }: { readonly sqlName: string; readonly name: string },
): AliasNode | ReferenceNode {
  return sqlName === name ? node : AliasNode.create(node, IdentifierNode.create(name))
}

function columnsOf(
  source: Source,
  dialect: DialectPackage,
):
  | readonly {
      readonly sqlName: string
      readonly name: string
      readonly codec: Codec | undefined
    }[]
  | undefined {
  if (source.table === undefined)
    return source.output?.map(({ name, codec }) => ({ sqlName: name, name, codec }))
  const table: TableFacts = source.table
  return [...table.columns.values()].map((column) => ({
    sqlName: column.name,
    name: column.key,
    codec: dialect.codecs(column.facts.type),
  }))
}
