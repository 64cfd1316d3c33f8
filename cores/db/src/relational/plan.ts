/** What a nested query asks for, with names resolved: tables, columns, relations. */

import type { OperationNodeSource } from 'kysely'
import { DbError } from '../errors.ts'
import { operators, type Operators } from '../query/operators.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import { manyFields, type Relation } from '../schema/relations.ts'
import type { Schema } from '../schema/schema.ts'
import { type TableFacts, tableFacts } from '../schema/table-facts.ts'

/** Options as they arrive, without their types. */
export interface LooseOptions {
  readonly columns?: Readonly<Record<string, boolean | undefined>>
  readonly with?: Readonly<Record<string, boolean | LooseOptions | undefined>>
  readonly where?:
    | OperationNodeSource
    | ((table: object, operators: Operators) => OperationNodeSource | undefined)
  readonly orderBy?:
    | OperationNodeSource
    | readonly OperationNodeSource[]
    | ((
        table: object,
        operators: Operators,
      ) => OperationNodeSource | readonly OperationNodeSource[])
  readonly limit?: number
  readonly offset?: number
}

/** One level of a nested query. */
export interface Level {
  readonly table: TableFacts
  readonly key: string
  readonly columns: readonly AnyBoundColumn[]
  readonly relations: readonly RelatedLevel[]
  readonly where: OperationNodeSource | undefined
  readonly orderBy: readonly OperationNodeSource[]
  readonly limit: number | undefined
  readonly offset: number | undefined
}

/** A relation of a level. */
export interface RelatedLevel {
  readonly name: string
  readonly kind: 'one' | 'many'
  readonly level: Level
  /** Column of the outer level = column of this one. */
  readonly on: readonly { readonly outer: AnyBoundColumn; readonly inner: AnyBoundColumn }[]
}

/** Deeper nesting than this is a mistake, or an attack with somebody's options. */
const maximumDepth = 8

/**
 * Resolves the options of a query.
 *
 * @throws DbError for a column or relation that does not exist, or too deep nesting.
 */
export function planLevel(
  schema: Schema,
  table: TableFacts,
  options: LooseOptions,
  depth = 0,
): Level {
  if (depth > maximumDepth) {
    throw new DbError(
      'query_too_deep',
      `relations of "${table.name}" are nested deeper than ${maximumDepth} levels`,
    )
  }
  const key = schema.keys.get(table)
  if (key === undefined)
    throw new DbError('unknown_table', `table "${table.name}" is not part of this client's schema`)
  assertOptions(options, table)
  const value = Object.fromEntries(table.columns)
  const { where, orderBy } = options
  const order = typeof orderBy === 'function' ? orderBy(value, operators) : orderBy
  return {
    table,
    key,
    columns: chosenColumns(table, options.columns),
    relations: Object.entries(options.with ?? {}).flatMap(([name, wanted]) =>
      wanted === undefined || wanted === false
        ? []
        : [planRelation(schema, { table, name, options: wanted === true ? {} : wanted, depth })],
    ),
    where: expressionIn('where', typeof where === 'function' ? where(value, operators) : where),
    orderBy: (Array.isArray(order) ? order : [order]).flatMap(
      (one) => expressionIn('orderBy', one) ?? [],
    ),
    limit: wholeNumber('limit', options.limit),
    offset: wholeNumber('offset', options.offset),
  }
}

function planRelation(
  schema: Schema,
  wanted: {
    readonly table: TableFacts
    readonly name: string
    readonly options: LooseOptions
    readonly depth: number
  },
): RelatedLevel {
  const { table, name, options, depth } = wanted
  const own = schema.relations.get(table)
  const relation = own?.get(name)
  if (relation === undefined) {
    const known = own === undefined || own.size === 0 ? 'none' : [...own.keys()].join(', ')
    throw new DbError(
      'unknown_relation',
      `table "${table.name}" has no relation "${name}"; it has ${known}`,
    )
  }
  const level = planLevel(schema, relation.table[tableFacts], options, depth + 1)
  return { name, kind: relation.kind, level, on: joinOf(relation, table) }
}

function joinOf(relation: Relation, table: TableFacts): RelatedLevel['on'] {
  if (relation.kind === 'one') {
    return relation.fields.map((outer, index) => ({
      outer,
      inner: columnAt(relation.references, index, table),
    }))
  }
  return manyFields(relation, table).map((inner) => ({ outer: referenced(inner, table), inner }))
}

/** The column that a foreign key means: declared on the column, or in a `foreignKey` of its table. */
function referenced(column: AnyBoundColumn, table: TableFacts): AnyBoundColumn {
  const declared = column.facts.references?.column()
  if (declared !== undefined && declared.table === table) return declared
  for (const one of column.table.constraints()) {
    if (one.kind !== 'foreignKey') continue
    const target = one.references[one.columns.indexOf(column)]
    if (target !== undefined && target.table === table) return target
  }
  throw new DbError(
    'unknown_relation',
    `${column.table.name}.${column.key} does not refer to "${table.name}"`,
  )
}

function columnAt(
  columns: readonly AnyBoundColumn[],
  index: number,
  table: TableFacts,
): AnyBoundColumn {
  const column = columns[index]
  if (column === undefined)
    throw new DbError(
      'unknown_relation',
      `a relation of "${table.name}" has more fields than references`,
    )
  return column
}

function chosenColumns(
  table: TableFacts,
  chosen: LooseOptions['columns'],
): readonly AnyBoundColumn[] {
  const all = [...table.columns.values()]
  if (chosen === undefined) return all
  for (const key of Object.keys(chosen)) {
    if (!table.columns.has(key))
      throw new DbError('unknown_column', `table "${table.name}" has no column "${key}"`)
  }
  const wanted = all.filter((column) => chosen[column.key] === true)
  return wanted.length > 0 ? wanted : all.filter((column) => chosen[column.key] !== false)
}

/** Options may come from outside, as JSON: then they are plain data, and neither conditions nor functions. */
function assertOptions(options: unknown, table: TableFacts): asserts options is LooseOptions {
  const of = (value: unknown, name: string): void => {
    if (value === undefined || (typeof value === 'object' && value !== null)) return
    throw new DbError(
      'invalid_options',
      `${name} of "${table.name}" is an object, got ${typeof value}`,
    )
  }
  of(options, 'a query')
  const { columns, with: relations } = options as LooseOptions // cast: an object
  of(columns, 'columns')
  of(relations, 'with')
}

function expressionIn(name: string, value: unknown): OperationNodeSource | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'object' && value !== null && 'toOperationNode' in value) {
    if (typeof value.toOperationNode === 'function') return value as OperationNodeSource // cast: checked
  }
  throw new DbError(
    'invalid_options',
    `${name}: a condition or order is made with operators such as eq(table.column, value), got ${typeof value}`,
  )
}

function wholeNumber(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value
  throw new DbError(
    'invalid_value',
    `${name} is a whole number of rows, got ${String(value).slice(0, 40)}`,
  )
}
