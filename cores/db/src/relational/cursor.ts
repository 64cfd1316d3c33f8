/** Keyset pagination: the place of a row in a total order, as text that the database wrote with all its digits. */

import { ValueNode, type OperationNode } from 'kysely'
import { DbError } from '../errors.ts'
import { type Codec, keep } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { setNodeCodec } from '../query/node-codec.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { jsonArray, joined, nested, own } from './nodes.ts'
import { assertComparable, type PlannedOrder } from './order.ts'

/** What a cursor belongs to. */
export interface CursorContext {
  readonly order: readonly PlannedOrder[]
  readonly table: TableFacts
  readonly dialect: DialectPackage
}

/** One member of the order, and the value of the row that the cursor names. */
export interface CursorPlace extends PlannedOrder {
  /** Undefined: the row has none. */
  readonly value: OperationNode | undefined
}

/** Longer ones are not ours. */
const longestCursor = 16_384

/** The expression that selects a row's cursor. */
export function cursorNode({ order, table, dialect }: CursorContext): OperationNode {
  assertComparable(order, table)
  const node = jsonArray(
    order.map((one) => nested(one.node, one.type, dialect)),
    dialect,
  )
  return setNodeCodec(node, asItIs)
}

/** The cursor of a row, by what {@link cursorNode} selected. */
export function toCursor(raw: unknown, { order, table }: Omit<CursorContext, 'dialect'>): string {
  // cast: an array was selected
  const values: unknown[] = typeof raw === 'string' ? JSON.parse(raw) : Array.from(raw as unknown[])
  return toText([shapeOf(order, table), ...values])
}

/** Of a page's rows one is asked for its cursor: the others' are not read. */
const asItIs: Codec = { encode: keep, decode: keep, readsText: true }

/**
 * The place that a cursor names.
 *
 * @throws DbError for a text that is no cursor of this order.
 */
export function cursorPlaces(cursor: unknown, context: CursorContext): readonly CursorPlace[] {
  const { order, table, dialect } = context
  assertComparable(order, table)
  const [shape, ...values] = parseText(cursor, table)
  if (shape !== shapeOf(order, table) || values.length !== order.length)
    throw invalid(table, 'it belongs to another order')
  return order.map((one, index) => {
    const raw = values[index] ?? null
    if (raw === null) return { ...one, value: undefined }
    if (typeof raw === 'object') throw invalid(table, 'it holds no plain values')
    return { ...one, value: parameter(raw, dialect.codecs(one.type), table) }
  })
}

/** The condition of the rows behind a place. */
export function cursorCondition(
  places: readonly CursorPlace[],
  { json }: DialectPackage,
): OperationNode {
  const [{ descending = false } = {}] = places
  // Where all members go one way and none is absent they are compared as one, which an index does in one step.
  const isPlain = places.every((one) => !one.nullable && one.descending === descending)
  if (json.rowComparison === true && isPlain) {
    const values = places.flatMap(({ value }) => value ?? [])
    if (values.length === places.length) {
      const nodes = places.map(({ node }) => node)
      return own(
        ['(', descending ? ') < (' : ') > (', ')'],
        [joined(nodes, ', '), joined(values, ', ')],
      )
    }
  }
  const alternatives = places.flatMap((place, index) => {
    const behind = comesAfter(place)
    if (behind === undefined) return []
    const before = places.slice(0, index).map(isSame)
    return [own(['(', ')'], [joined([...before, behind], ' and ')])]
  })
  if (alternatives.length === 0) return own(['1 = 0'])
  const any = own(['(', ')'], [joined(alternatives, ' or ')])
  const [first] = places
  // Lets an index on the first member begin at the cursor.
  if (first?.value === undefined || first.nullable) return any
  return joined(
    [own(['', first.descending ? ' <= ' : ' >= ', ''], [first.node, first.value]), any],
    ' and ',
  )
}

function isSame({ node, value }: CursorPlace): OperationNode {
  return value === undefined ? own(['', ' is null'], [node]) : own(['', ' = ', ''], [node, value])
}

/** Undefined: nothing does. */
function comesAfter({
  node,
  value,
  descending,
  nulls,
  nullable,
}: CursorPlace): OperationNode | undefined {
  if (value === undefined) return nulls === 'first' ? own(['', ' is not null'], [node]) : undefined
  const further = own(['', descending ? ' < ' : ' > ', ''], [node, value])
  return nullable && nulls === 'last' ? own(['(', ' or ', ' is null)'], [further, node]) : further
}

/** Marks a value that is a driver's parameter already. */
function parameter(raw: unknown, codec: Codec, table: TableFacts): OperationNode {
  try {
    const value = codec.compared?.(raw) ?? codec.encode((codec.decodeNested ?? codec.decode)(raw))
    return encoded(value)
  } catch (error) {
    throw invalid(table, 'its values are of other types', error)
  }
}

function encoded(value: unknown): OperationNode {
  return ValueNode.create(value)
}

function shapeOf(order: readonly PlannedOrder[], table: TableFacts): string {
  const members = order.map(
    ({ name, type, descending, nulls }) =>
      `${name || type?.name}${descending ? '-' : '+'}${nulls === 'first' ? '^' : ''}`,
  )
  return `${table.identity}:${members.join(',')}`
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

function toText(value: readonly unknown[]): string {
  const bytes = encoder.encode(JSON.stringify(value))
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function parseText(cursor: unknown, table: TableFacts): readonly unknown[] {
  if (typeof cursor !== 'string' || cursor.length > longestCursor)
    throw invalid(table, `it is a text, got ${typeof cursor}`)
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = new Uint8Array(binary.length)
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
    const value: unknown = JSON.parse(decoder.decode(bytes))
    if (Array.isArray(value)) return value
  } catch (error) {
    throw invalid(table, 'it cannot be read', error)
  }
  throw invalid(table, 'it cannot be read')
}

function invalid(table: TableFacts, reason: string, cause?: unknown): DbError {
  return new DbError(
    'invalid_cursor',
    `after: this is no cursor of the query of "${table.name}" (${reason}); give the \`next\` of a page of the same order`,
    { cause },
  )
}
