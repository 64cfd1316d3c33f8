/** Values on their way into a statement: each passes the codec of the column that it belongs to. */

import {
  AndNode,
  type BinaryOperationNode,
  ColumnNode,
  type ColumnUpdateNode,
  DefaultInsertValueNode,
  type OperationNode,
  OperatorNode,
  PrimitiveValueListNode,
  RawNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { SlotOf } from './effects.ts'
import type { NameResolver } from './name-resolver.ts'
import { markOwn } from './node-codec.ts'
import { ListSlot, Slot } from './slot.ts'
import type { Source, SourceColumn } from './source.ts'
import { emptyList, encodeParameter } from './values.ts'

/** What values are bound with. */
export interface ValueBinderOptions {
  readonly names: NameResolver
  readonly dialect: DialectPackage
  readonly slotOf: SlotOf
  /** Binds what is no value. */
  readonly bind: <N extends OperationNode>(node: N) => N
}

const unknownColumn = { codec: undefined, column: undefined }

/** Binds the values of one statement. */
export class ValueBinder {
  readonly #names: NameResolver
  readonly #dialect: DialectPackage
  readonly #bind: ValueBinderOptions['bind']
  readonly #slotOf: ValueBinderOptions['slotOf']

  constructor({ names, dialect, bind, slotOf }: ValueBinderOptions) {
    this.#slotOf = slotOf
    this.#names = names
    this.#dialect = dialect
    this.#bind = bind
  }

  /** A comparison: each side is of the type of the other. */
  comparison({ leftOperand, rightOperand, operator }: BinaryOperationNode): BinaryOperationNode {
    const empty = emptyList(rightOperand, operator)
    if (empty !== undefined) return empty
    const left = this.#names.codecOf(leftOperand)
    const list = this.#list({ leftOperand, rightOperand, operator }, left)
    if (list !== undefined) return list
    return {
      kind: 'BinaryOperationNode',
      leftOperand: this.#operand(leftOperand, this.#names.codecOf(rightOperand)),
      operator: this.#bind(operator),
      rightOperand: this.#operand(rightOperand, left),
    }
  }

  /** A list as one parameter. */
  #list(
    {
      leftOperand,
      rightOperand,
      operator,
    }: Pick<BinaryOperationNode, 'leftOperand' | 'rightOperand' | 'operator'>,
    codec: Codec | undefined,
  ): BinaryOperationNode | undefined {
    const { list } = this.#dialect
    if (list === undefined || !PrimitiveValueListNode.is(rightOperand)) return undefined
    if (!OperatorNode.is(operator)) return undefined
    const isIn = operator.operator === 'in'
    if (!isIn && operator.operator !== 'not in') return undefined
    const context = { codec, column: undefined, dialect: this.#dialect }
    const index = this.#slotOf(rightOperand)
    const slot = new ListSlot(index ?? 0, list, context)
    const value = slot.encode(rightOperand.values)
    if (value === undefined) return undefined
    const nodes = [this.#bind(leftOperand), ValueNode.create(index === undefined ? value : slot)]
    // cast: a condition of another kind in its place
    return markOwn(
      RawNode.create(isIn ? list.in : list.notIn, nodes),
    ) as OperationNode as BinaryOperationNode
  }

  /** A parameter: the encoded value, or the place for one. */
  value(node: ValueNode, codec: Codec | undefined, column?: AnyBoundColumn): unknown {
    const index = this.#slotOf(node)
    return index === undefined
      ? this.#encode(node.value, codec, column)
      : new Slot(index, { codec, column, dialect: this.#dialect })
  }

  /** The rows of an INSERT. */
  rows(
    node: OperationNode | undefined,
    columns: readonly SourceColumn[] | undefined,
  ): OperationNode | undefined {
    if (node === undefined) return undefined
    if (!ValuesNode.is(node) || columns === undefined) return this.#bind(node)
    return ValuesNode.create(
      node.values.map((row) => {
        if (PrimitiveValueListNode.is(row)) {
          const first = this.#slotOf(row)
          return PrimitiveValueListNode.create(
            row.values.map((value, index) => {
              const { codec, column } = columns[index] ?? unknownColumn
              return first === undefined
                ? this.#encode(value, codec, column)
                : new Slot(first + index, { codec, column, dialect: this.#dialect })
            }),
          )
        }
        return ValueListNode.create(
          row.values.map((value, index) =>
            DefaultInsertValueNode.is(value)
              ? this.#default(value, columns[index])
              : this.#operand(value, columns[index]?.codec, columns[index]?.column),
          ),
        )
      }),
    )
  }

  /** An assignment. */
  assignment(node: ColumnUpdateNode, target: Source | undefined): ColumnUpdateNode {
    const own = this.#names.updatedColumn(node, target)
    if (own === undefined) return this.#bind(node)
    return {
      kind: 'ColumnUpdateNode',
      column: ColumnNode.create(own.sqlName),
      value: this.#operand(node.value, own.codec, own.column),
    }
  }

  /** Rows of one INSERT that name different columns: without DEFAULT the missing values would become null. */
  #default(node: DefaultInsertValueNode, target: SourceColumn | undefined): OperationNode {
    const column = target?.column
    const declared = column?.facts.default
    if (
      this.#dialect.capabilities.defaultInValues ||
      column === undefined ||
      declared === undefined
    )
      return node
    if (declared.kind === 'value')
      return ValueNode.create(this.#encode(declared.value, target?.codec, column))
    const { ddl } = this.#dialect
    return RawNode.createWithSql(
      declared.kind === 'now' ? ddl.now(column.facts.type) : `(${declared.source})`,
    )
  }

  #operand(node: OperationNode, codec: Codec | undefined, column?: AnyBoundColumn): OperationNode {
    if (codec === undefined) return this.#bind(node)
    if (ValueNode.is(node))
      return node.immediate === true ? node : ValueNode.create(this.value(node, codec, column))
    if (PrimitiveValueListNode.is(node)) {
      return PrimitiveValueListNode.create(
        node.values.map((value) => this.#encode(value, codec, column)),
      )
    }
    if (ValueListNode.is(node))
      return ValueListNode.create(node.values.map((value) => this.#operand(value, codec, column)))
    // BETWEEN: both ends stand in an AND.
    if (AndNode.is(node)) {
      return AndNode.create(
        this.#operand(node.left, codec, column),
        this.#operand(node.right, codec, column),
      )
    }
    return this.#bind(node)
  }

  #encode(value: unknown, codec: Codec | undefined, column: AnyBoundColumn | undefined): unknown {
    return encodeParameter(value, { codec, column, dialect: this.#dialect })
  }
}
