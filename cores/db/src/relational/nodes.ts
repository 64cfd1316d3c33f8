/** Pieces of operation trees that nested queries are put together from; their text is ours. */

import {
  ColumnNode,
  ExpressionWrapper,
  type OperationNode,
  RawNode,
  ReferenceNode,
  type SelectQueryBuilder,
  TableNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { markOwn } from '../query/node-codec.ts'
import type { ColumnTypeFacts } from '../schema/column-type.ts'

/** Tables and rows without their types. */
export type Loose = Record<string, Record<string, unknown>>

/** A query without its types. */
export type LooseQuery = SelectQueryBuilder<Loose, string, Record<string, unknown>>

/** A column, by its key, of the table that has the alias. */
export function reference(alias: string, key: string): ReferenceNode {
  return ReferenceNode.create(ColumnNode.create(key), TableNode.create(alias))
}

/** An expression for the query builder. */
export function wrap<T = unknown>(node: OperationNode): ExpressionWrapper<Loose, string, T> {
  return new ExpressionWrapper<Loose, string, T>(node)
}

/** Text between nodes: one fragment more than there are nodes. */
export function own(fragments: readonly string[], nodes: readonly OperationNode[] = []): RawNode {
  return markOwn(RawNode.create(fragments, nodes))
}

/** Nodes with text between them. */
export function joined(nodes: readonly OperationNode[], separator: string): RawNode {
  return own(['', ...nodes.slice(1).map(() => separator), ''], nodes)
}

/** A call of a function of the dialect. */
export function call(name: string, values: readonly OperationNode[]): RawNode {
  if (values.length === 0) return own([`${name}()`])
  return own([`${name}(`, ...values.slice(1).map(() => ', '), ')'], values)
}

/** An array of more members than a function takes is one of arrays. */
export function jsonArray(values: readonly OperationNode[], dialect: DialectPackage): RawNode {
  const { maximumArguments, array } = dialect.json
  if (values.length <= maximumArguments) return call(array, values)
  const chunks: OperationNode[] = []
  for (let at = 0; at < values.length; at += maximumArguments)
    chunks.push(call(array, values.slice(at, at + maximumArguments)))
  return call(array, chunks)
}

/** The canonical text of a value, as it stands in nested JSON. */
export function nested(
  node: OperationNode,
  type: ColumnTypeFacts | undefined,
  dialect: DialectPackage,
): OperationNode {
  const nest = type === undefined ? undefined : dialect.codecs(type).nest
  return nest === undefined ? node : ownTree(nest(wrap(node)).toOperationNode())
}

function ownTree<N extends OperationNode>(node: N): N {
  return markOwn(node)
}

/** A query as an expression; the compiler puts it in brackets. */
export function scalar(query: LooseQuery): RawNode {
  return own(['', ''], [query.toOperationNode()])
}
