/** By which columns the rows of a relation are found. */

import type { AnyBoundColumn } from '../schema/column.ts'
import type { Many, One, Relation, Through } from '../schema/relations.ts'
import type { Schema } from '../schema/schema.ts'
import { type TableFacts, tableFacts } from '../schema/table-facts.ts'

/** A column of one table that equals one of another. */
export interface Link {
  readonly outer: AnyBoundColumn
  readonly inner: AnyBoundColumn
}

/** How a relation is joined. */
export interface RelationJoin {
  /** From the table that has the relation to the related one, or to the table between them. */
  readonly links: readonly Link[]
  /** From the table between them to the related one. */
  readonly junction: { readonly table: TableFacts; readonly links: readonly Link[] } | undefined
}

/**
 * The join of a relation of `parent`.
 *
 * @throws TypeError when the schema does not say by which columns.
 */
export function joinOf(relation: Relation, parent: TableFacts, schema: Schema): RelationJoin {
  if (relation.kind === 'many' && relation.through !== undefined)
    return throughJoin(relation, relation.through, parent)
  if (relation.kind === 'one' && relation.fields !== undefined)
    return { links: pair(relation.fields, relation.references ?? []), junction: undefined }
  return { links: backwards(relation, parent, schema), junction: undefined }
}

function pair(outer: readonly AnyBoundColumn[], inner: readonly AnyBoundColumn[]): Link[] {
  return outer.flatMap((column, index) => {
    const other = inner[index]
    return other === undefined ? [] : [{ outer: column, inner: other }]
  })
}

function throughJoin(relation: Many, through: Through, parent: TableFacts): RelationJoin {
  const table = through.table[tableFacts]
  const target = relation.table[tableFacts]
  const link = (fields: readonly AnyBoundColumn[] | undefined, to: TableFacts): Link[] =>
    foreignKey(table, to, fields).map(({ outer, inner }) => ({ outer: inner, inner: outer }))
  return {
    links: link(through.fields, parent),
    junction: { table, links: link(through.references, target) },
  }
}

/** The related table refers to this one. */
function backwards(relation: One | Many, parent: TableFacts, schema: Schema): Link[] {
  const child = relation.table[tableFacts]
  const turned = (links: readonly Link[]): Link[] =>
    links.map(({ outer, inner }) => ({ outer: inner, inner: outer }))
  if (relation.relationName === undefined && relation.fields !== undefined)
    return turned(foreignKey(child, parent, relation.fields))
  const counterparts = [...(schema.relations.get(child)?.values() ?? [])].filter(
    (one): one is One =>
      one.kind === 'one' &&
      one.fields !== undefined &&
      one.table[tableFacts] === parent &&
      (relation.relationName === undefined || one.relationName === relation.relationName),
  )
  const [counterpart] = counterparts
  const declared = foreignKeys(child, parent)
  if (relation.relationName === undefined && declared.length === 1)
    return turned(foreignKey(child, parent, undefined))
  if (counterparts.length === 1 && counterpart !== undefined)
    return turned(pair(counterpart.fields ?? [], counterpart.references ?? []))
  if (relation.relationName !== undefined) {
    throw new TypeError(
      `${relation.kind}(${child.name}) of ${parent.name}: ${counterparts.length === 0 ? 'no' : 'more than one'} relation ` +
        `of ${child.name} to ${parent.name} has the relationName "${relation.relationName}"`,
    )
  }
  return turned(foreignKey(child, parent, undefined))
}

type ForeignKey = readonly Link[]

/** The foreign keys from one table to another, of one column or several. */
function foreignKeys(from: TableFacts, to: TableFacts): readonly ForeignKey[] {
  const single = [...from.columns.values()].flatMap((outer) => {
    const inner = outer.facts.references?.column()
    return inner?.table === to ? [[{ outer, inner }]] : []
  })
  const composite = from.constraints().flatMap((one) => {
    if (one.kind !== 'foreignKey' || one.references[0]?.table !== to) return []
    return [pair(one.columns, one.references)]
  })
  return [...single, ...composite]
}

/** The foreign key of `fields`, or the only one. */
function foreignKey(
  from: TableFacts,
  to: TableFacts,
  fields: readonly AnyBoundColumn[] | undefined,
): ForeignKey {
  const found = foreignKeys(from, to)
  const wanted =
    fields === undefined
      ? found
      : found.filter(
          (key) => key.length === fields.length && key.every(({ outer }) => fields.includes(outer)),
        )
  const [only] = wanted
  if (only !== undefined && wanted.length === 1) return only
  if (fields !== undefined) {
    const key = primaryKeyOf(to)
    // Without a foreign key, by the primary key.
    if (wanted.length === 0 && key.length === fields.length) return pair(fields, key)
    const names = fields.map((field) => `${field.table.name}.${field.key}`).join(', ')
    throw new TypeError(`${names} does not refer to "${to.name}"`)
  }
  throw new TypeError(
    `many(${from.name}) of ${to.name}: ${found.length === 0 ? 'no column refers' : 'several columns refer'} to ` +
      `${to.name}; name them: many(${from.name}, { fields: [...] })`,
  )
}

const primaryKeys = new WeakMap<TableFacts, readonly AnyBoundColumn[]>()

/** The columns of a table's primary key. */
export function primaryKeyOf(table: TableFacts): readonly AnyBoundColumn[] {
  let key = primaryKeys.get(table)
  if (key === undefined) {
    const composite = table.constraints().find((one) => one.kind === 'primaryKey')
    key =
      composite?.columns ?? [...table.columns.values()].filter((column) => column.facts.primaryKey)
    primaryKeys.set(table, key)
  }
  return key
}
