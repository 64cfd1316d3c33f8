/** The shape of an operation tree as a text, with its values taken out: trees of one shape make one statement. */

import { type OperationNode, PrimitiveValueListNode, ValueNode } from 'kysely'
import { columnOf } from '../schema/column.ts'
import { isOwn, nodeCodec } from './node-codec.ts'
import { typeOfNode } from './typed.ts'

/** Collects the text and the values of one or more trees. */
export class Fingerprint {
  /** Undefined as soon as something has no text: then the statement is made anew each time. */
  key: string | undefined = ''
  readonly values: unknown[] = []
  /** Value node → index among the values. */
  readonly slots: Map<OperationNode, number> = new Map()

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
    // A list may be one parameter or many, by what stands in it.
    if (PrimitiveValueListNode.is(node) || nodeCodec(node) !== undefined) {
      this.key = undefined
      return
    }
    if (ValueNode.is(node) && node.immediate !== true) {
      this.key += node.value === null ? '?n;' : '?;'
      this.slots.set(node, this.values.length)
      this.values.push(node.value)
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
