/** The shape of an operation tree as a text, with its values taken out: trees of one shape make one statement. */

import {
  ColumnNode,
  IdentifierNode,
  type OperationNode,
  PrimitiveValueListNode,
  TableNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { columnOf } from '../schema/column.ts'
import { isOwn, nodeCodec } from './node-codec.ts'
import { typeOfNode } from './typed.ts'

/**
 * Rows of an INSERT that are taken out of it. Each number of rows is a statement of its own, and those of more would be kept for
 * lengths that do not come again.
 */
const maximumRows = 16

/** Collects the text and the values of one or more trees. */
export class Fingerprint {
  /** Undefined as soon as something has no text: then the statement is made anew each time. */
  key: string | undefined = ''
  readonly values: unknown[] = []
  /** Value node, or list that is one parameter → index among the values; row of an INSERT → index of its first. */
  readonly slots: Map<OperationNode, number> = new Map()
  readonly #dialect: Pick<DialectPackage, 'list'>

  constructor(dialect: Pick<DialectPackage, 'list'>) {
    this.#dialect = dialect
  }

  /** Adds a plain text. */
  text(value: string): void {
    if (this.key !== undefined) this.key += `${value.length}:${value};`
  }

  /** Adds a tree. */
  node(value: unknown): void {
    if (this.key === undefined) return
    if (typeof value !== 'object' || value === null) {
      this.key += typeof value === 'string' ? `${value.length}:${value};` : `${String(value)};`
      return
    }
    if (Array.isArray(value)) {
      this.key += `[${value.length};`
      for (const one of value) this.node(one)
      return
    }
    if (!('kind' in value)) {
      this.#members(value)
      return
    }
    const node = value as OperationNode // cast: what has a kind is a node
    // The bulk of a tree, in few words.
    if (IdentifierNode.is(node)) {
      this.key += `i${node.name.length}:${node.name};`
      return
    }
    if (ColumnNode.is(node)) {
      const { name } = node.column
      this.key += `k${name.length}:${name};`
      return
    }
    if (TableNode.is(node)) {
      const { schema, identifier } = node.table
      this.key += `t${schema === undefined ? '' : `${schema.name.length}:${schema.name}.`}${identifier.name.length}:${identifier.name};`
      return
    }
    if (PrimitiveValueListNode.is(node)) {
      this.#list(node)
      return
    }
    if (nodeCodec(node) !== undefined) {
      this.key = undefined
      return
    }
    if (ValueNode.is(node) && node.immediate !== true) {
      this.key += node.value === null ? '?n;' : '?;'
      this.slots.set(node, this.values.length)
      this.values.push(node.value)
      return
    }
    if (ValuesNode.is(node)) {
      this.#rows(node)
      return
    }
    const column = columnOf(node)
    if (column !== undefined) {
      this.key += `c${column.table.identity}.${column.key};`
      return
    }
    const type = typeOfNode(node)
    if (type?.custom !== undefined) {
      this.key = undefined
      return
    }
    if (type !== undefined) this.text(JSON.stringify(type))
    this.key += isOwn(node) ? 'o' : 'n'
    this.#members(node)
  }

  /** Where a list is one parameter, its length is no part of the shape; nothing is in an empty one, whatever is asked for. */
  #list(node: PrimitiveValueListNode): void {
    if (this.#dialect.list === undefined) {
      this.key = undefined
      return
    }
    this.key += node.values.length === 0 ? 'e;' : 'l;'
    if (node.values.length === 0) return
    this.slots.set(node, this.values.length)
    this.values.push(node.values)
  }

  /** Of which of its values a row holds null nothing depends but what is written. */
  #rows({ values }: ValuesNode): void {
    if (values.length > maximumRows) {
      this.key = undefined
      return
    }
    this.key += `v${values.length};`
    for (const row of values) {
      if (!PrimitiveValueListNode.is(row)) {
        this.node(row)
        continue
      }
      this.key += `r${row.values.length};`
      this.slots.set(row, this.values.length)
      this.values.push(...row.values)
    }
  }

  #members(value: object): void {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key] // cast: its own keys
      if (member === undefined) continue
      this.text(key)
      this.node(member)
    }
    this.key = this.key === undefined ? undefined : `${this.key}.`
  }
}
