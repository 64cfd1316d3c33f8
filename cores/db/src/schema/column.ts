/** A column of a table: a value that operators, constraints and Kysely itself accept. */

import {
  type AliasedExpression,
  AliasNode,
  ColumnNode,
  type Expression,
  IdentifierNode,
  type OperationNode,
  ReferenceNode,
  TableNode,
} from 'kysely'
import type { ColumnFacts } from './column-builder.ts'
import type { TableFacts } from './table-facts.ts'

/** Which column a reference node was made from: the name of a table in a query is the schema's business, not the column's. */
const columnOfNode = new WeakMap<OperationNode, AnyBoundColumn>()

/** A column without its value types. */
export interface AnyBoundColumn {
  readonly table: TableFacts
  readonly key: string
  readonly name: string
  readonly facts: ColumnFacts
}

/** A column that belongs to a table. */
export class Column<Value, NotNull extends boolean = boolean, Defaulted extends boolean = boolean>
  implements Expression<NotNull extends true ? Value : Value | null>, AnyBoundColumn
{
  readonly table: TableFacts
  /** Its name in TypeScript. */
  readonly key: string
  /** Its name in the database. */
  readonly name: string
  readonly facts: ColumnFacts
  #node: ReferenceNode | undefined
  /** Never present; carries the types. */
  declare readonly $types: {
    readonly value: Value
    readonly notNull: NotNull
    readonly defaulted: Defaulted
  }

  constructor(bound: AnyBoundColumn) {
    this.table = bound.table
    this.key = bound.key
    this.name = bound.name
    this.facts = bound.facts
    Object.freeze(this)
  }

  /** For Kysely; carries the type. */
  get expressionType(): (NotNull extends true ? Value : Value | null) | undefined {
    return undefined
  }

  /** Selects the column under another name. */
  as<Alias extends string>(
    alias: Alias,
  ): AliasedExpression<NotNull extends true ? Value : Value | null, Alias> {
    const expression = this
    return {
      expression,
      alias,
      toOperationNode: () =>
        AliasNode.create(expression.toOperationNode(), IdentifierNode.create(alias)),
    }
  }

  /** For Kysely: the reference that stands for the column in a query. */
  toOperationNode(): ReferenceNode {
    this.#node ??= referenceTo(this)
    return this.#node
  }
}

/** A node of its own for a column: what is noted of it is noted of no other. */
export function referenceTo(column: AnyBoundColumn): ReferenceNode {
  const node = ReferenceNode.create(
    ColumnNode.create(column.key),
    TableNode.create(column.table.name),
  )
  columnOfNode.set(node, column)
  return node
}

/** The column that a reference node was made from; undefined for references by name. */
export function columnOf(node: OperationNode): AnyBoundColumn | undefined {
  return columnOfNode.get(node)
}
