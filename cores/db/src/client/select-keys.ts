/** Asks for the keys by which a statement has joined its tables. */

import {
  AliasNode,
  BinaryOperationNode,
  ColumnNode,
  IdentifierNode,
  LimitNode,
  type OperationNode,
  OperatorNode,
  ReferenceNode,
  SelectionNode,
  SelectModifierNode,
  SelectQueryNode,
  ValueListNode,
  ValueNode,
  WhereNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { KeyPlace, Place } from '../query/analysis.ts'
import { encodeParameter } from '../query/values.ts'

/** More keys than this are not told one by one. */
export const maximumKeys = 128

const name = 'mizan_key'

/** The keys, each once, and one more than {@link maximumKeys}. */
export function selectKeys(place: KeyPlace, dialect: DialectPackage): SelectQueryNode {
  return {
    ...keysOf(place, dialect),
    frontModifiers: [SelectModifierNode.create('Distinct')],
    limit: LimitNode.create(ValueNode.createImmediate(maximumKeys + 2)),
  }
}

/** The values in the rows of {@link selectKeys}. */
export function takeKeys(
  rows: readonly unknown[],
  { key }: KeyPlace,
  dialect: DialectPackage,
): readonly unknown[] {
  const codec = dialect.codecs(key.facts.type)
  return rows.map((row) => {
    const raw = (row as Readonly<Record<string, unknown>>)[name] ?? null // cast: rows are objects by column name
    return raw === null ? null : codec.decode(raw)
  })
}

/** Whether two reads are placed by the same values. */
export function haveSameKeys(one: KeyPlace, other: KeyPlace): boolean {
  return one.key === other.key && one.from === other.from && isSame(one.of, other.of)
}

function isSame(one: Place, other: Place): boolean {
  if (one.column !== other.column) return false
  if (one.kind === 'value') return other.kind === 'value' && one.value === other.value
  if (one.kind === 'list') return other.kind === 'list' && one.values === other.values
  return other.kind === 'keys' && haveSameKeys(one, other)
}

function keysOf({ key, from, of }: KeyPlace, dialect: DialectPackage): SelectQueryNode {
  const selected = AliasNode.create(columnOf(key.name), IdentifierNode.create(name))
  return {
    ...SelectQueryNode.createFrom([from]),
    selections: [SelectionNode.create(selected)],
    where: WhereNode.create(conditionOf(of, dialect)),
  }
}

function conditionOf(place: Place, dialect: DialectPackage): OperationNode {
  const { column } = place
  const reference = columnOf(column.name)
  const codec = dialect.codecs(column.facts.type)
  const parameter = (value: unknown): ValueNode =>
    ValueNode.create(encodeParameter(value, { codec, column, dialect }))
  if (place.kind === 'value')
    return BinaryOperationNode.create(reference, OperatorNode.create('='), parameter(place.value))
  if (place.kind === 'list' && place.values.length === 0)
    return BinaryOperationNode.create(
      ValueNode.createImmediate(1),
      OperatorNode.create('='),
      ValueNode.createImmediate(0),
    )
  const among =
    place.kind === 'list'
      ? ValueListNode.create(place.values.map(parameter))
      : keysOf(place, dialect)
  return BinaryOperationNode.create(reference, OperatorNode.create('in'), among)
}

function columnOf(column: string): ReferenceNode {
  return ReferenceNode.create(ColumnNode.create(column))
}
