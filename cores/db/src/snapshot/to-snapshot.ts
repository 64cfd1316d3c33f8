/** Declarations → snapshot. */

import type { AnyBoundColumn } from '../schema/column.ts'
import { type ColumnTypeFacts, referenceType } from '../schema/column-type.ts'
import type { Constraint, IndexElement } from '../schema/constraints.ts'
import { declaredViews } from '../schema/hidden-effects.ts'
import { readSchema, type SchemaModule } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { generatedName } from './generated-name.ts'
import { type GrantSnapshot, toGrants } from './grants/grant.ts'
import type {
  ColumnSnapshot,
  DefaultSnapshot,
  EnumSnapshot,
  ForeignKeySnapshot,
  IndexElementSnapshot,
  IndexSnapshot,
  KeySnapshot,
  SchemaSnapshot,
  TableSnapshot,
  TypeSnapshot,
} from './snapshot.ts'

/**
 * The snapshot of a schema module.
 *
 * @throws TypeError when the declarations contradict themselves: no such column, two primary keys, types of a foreign key
 *   that do not fit, names that occur twice.
 */
export function toSnapshot(module: SchemaModule): SchemaSnapshot {
  const schema = readSchema(module)
  const views = declaredViews(module)
  const own = [...schema.keys.keys()].filter((table) => !views.has(table))
  const enums = new Map<string, EnumSnapshot>(
    [...schema.enums].map(([name, { values, enumSchema }]) => [name, toEnum(values, enumSchema)]),
  )
  for (const table of own) {
    for (const column of table.columns.values()) {
      const type = column.facts.type.enum
      if (type !== undefined) enums.set(type.name, toEnum(type.values, type.schema))
    }
  }
  const tables = own.map(toTable)
  assertNames(tables)
  const grants = own.flatMap(grantsOf)
  return {
    version: 1,
    enums: Object.fromEntries([...enums].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    tables: Object.fromEntries(tables.toSorted(byName).map((table) => [table.name, table])),
    ...(grants.length === 0 ? {} : { grants: toGrants(grants) }),
  }
}

function toEnum(values: readonly string[], schema: string | undefined): EnumSnapshot {
  return { values: [...values], ...(schema === undefined ? {} : { schema }) }
}

function toTable(table: TableFacts): TableSnapshot {
  const constraints = table.constraints()
  const columns = [...table.columns.values()]
  return {
    name: table.identity,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    columns: columns.map(toColumn),
    primaryKey: primaryKeyOf(table, columns, constraints),
    uniques: [
      ...columns
        .filter((column) => column.facts.unique)
        .map((column) => toKey(table, { columns: [column] }, 'unique')),
      ...constraints
        .filter((one) => one.kind === 'unique')
        .map((one) => ({ ...toKey(table, one, 'unique'), ...one.options })),
    ].toSorted(byName),
    indexes: constraints
      .filter((one) => one.kind === 'index')
      .map((one) => toIndex(table, one))
      .toSorted(byName),
    foreignKeys: foreignKeysOf(table, columns, constraints).toSorted(byName),
    checks: constraints
      .filter((one) => one.kind === 'check')
      .map(({ name, source }) => ({ name, source }))
      .toSorted(byName),
    ...commentOf(constraints),
  }
}

/** Rights on columns are rights on each of them. */
function grantsOf(table: TableFacts): readonly GrantSnapshot[] {
  return table
    .constraints()
    .filter((one) => one.kind === 'grant')
    .flatMap(({ privileges, columns, to, grantable }) => {
      const sorted = [...new Set(privileges)].toSorted()
      const whole: GrantSnapshot = {
        on: 'table',
        name: table.identity,
        to,
        privileges: sorted,
        ...(grantable ? { grantable: sorted } : {}),
      }
      if (columns.length === 0) return [whole]
      return columns.map((column) => ({ ...whole, column: ownName(table, column) }))
    })
}

function commentOf(constraints: readonly Constraint[]): { readonly comment?: string } {
  const comment = constraints.find((one) => one.kind === 'comment')
  return comment === undefined ? {} : { comment: comment.text }
}

function toIndex(table: TableFacts, index: Extract<Constraint, { kind: 'index' }>): IndexSnapshot {
  const { unique, where, using, include, nullsNotDistinct } = index.options
  const plain = index.elements.every((one) => Object.keys(one).join() === 'column')
  return {
    ...toKey(table, index, 'index'),
    ...(plain ? {} : { elements: index.elements.map((one) => toElement(table, one)) }),
    ...(unique === true ? { unique } : {}),
    ...(where === undefined ? {} : { where: { source: where } }),
    ...(using === undefined || using === 'btree' ? {} : { using }),
    ...(include === undefined ? {} : { include: include.map((column) => ownName(table, column)) }),
    ...(nullsNotDistinct === true ? { nullsNotDistinct } : {}),
  }
}

function toElement(
  table: TableFacts,
  { column, expression, ...options }: IndexElement,
): IndexElementSnapshot {
  return {
    ...(column === undefined ? {} : { column: ownName(table, column) }),
    ...(expression === undefined ? {} : { expression: { source: expression } }),
    ...options,
  }
}

function toColumn(column: AnyBoundColumn): ColumnSnapshot {
  const { type, notNull, generated, identity, comment } = column.facts
  const value = toDefault(column)
  return {
    name: column.name,
    type: toType(type),
    notNull,
    ...(value === undefined ? {} : { default: value }),
    ...(generated === undefined ? {} : { generated }),
    ...(identity === undefined ? {} : { identity }),
    ...(comment === undefined ? {} : { comment }),
  }
}

function toType(given: ColumnTypeFacts): TypeSnapshot {
  // How an application reads a type is no part of the database.
  const { enum: own, custom: _custom, dialect: _dialect, ...type } = given
  return own === undefined ? type : { ...type, enum: own.name }
}

function toDefault(column: AnyBoundColumn): DefaultSnapshot | undefined {
  const given = column.facts.default
  return given?.kind === 'value' ? { kind: 'value', value: toJsonValue(given.value) } : given
}

function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return value
}

function primaryKeyOf(
  table: TableFacts,
  columns: readonly AnyBoundColumn[],
  constraints: readonly Constraint[],
): readonly string[] {
  const single = columns.filter((column) => column.facts.primaryKey)
  const composite = constraints.filter((one) => one.kind === 'primaryKey')
  if (single.length + composite.length > 1) {
    throw new TypeError(
      `table "${table.identity}": it has several primary keys; for one of several columns use primaryKey(t.a, t.b)`,
    )
  }
  return (composite[0]?.columns ?? single).map((column) => ownName(table, column))
}

function toKey(
  table: TableFacts,
  key: { readonly name?: string | undefined; readonly columns: readonly AnyBoundColumn[] },
  suffix: 'unique' | 'index',
): KeySnapshot {
  const columns = key.columns.map((column) => ownName(table, column))
  return { name: key.name ?? generatedName(table.name, columns, suffix), columns }
}

function foreignKeysOf(
  table: TableFacts,
  columns: readonly AnyBoundColumn[],
  constraints: readonly Constraint[],
): ForeignKeySnapshot[] {
  const declared = columns.flatMap((column) => {
    const { references } = column.facts
    if (references === undefined) return []
    return [
      {
        columns: [column],
        references: [references.column()],
        options: references.options,
        name: undefined,
      },
    ]
  })
  const composite = constraints.filter((one) => one.kind === 'foreignKey')
  return [...declared, ...composite].map(({ columns: own, references, options, name }) => {
    const target = references[0]?.table
    if (target === undefined)
      throw new TypeError(`table "${table.identity}": a foreign key refers to nothing`)
    for (const [index, column] of own.entries()) assertFits(column, references[index])
    const names = own.map((column) => ownName(table, column))
    return {
      name: name ?? generatedName(table.name, names, 'fk'),
      columns: names,
      table: target.identity,
      references: references.map((column) => ownName(target, column)),
      onDelete: options.onDelete ?? 'no action',
      onUpdate: options.onUpdate ?? 'no action',
      ...(options.deferrable === undefined ? {} : { deferrable: options.deferrable }),
    }
  })
}

function assertFits(column: AnyBoundColumn, target: AnyBoundColumn | undefined): void {
  if (target === undefined) return
  const [own, other] = [family(column), family(target)]
  // What is native only the database can judge.
  if (own === other || own === 'native' || other === 'native') return
  throw new TypeError(
    `${column.table.identity}.${column.key} is ${column.facts.type.name} and cannot refer to ` +
      `${target.table.identity}.${target.key}, which is ${target.facts.type.name}`,
  )
}

/** Types that databases compare with each other. */
function family(column: AnyBoundColumn): string {
  const type = referenceType(column.facts.type)
  if (type === 'smallint' || type === 'integer' || type === 'bigint') return 'whole number'
  return type === 'varchar' || type === 'char' || type === 'text' ? 'text' : type
}

function ownName(table: TableFacts, column: AnyBoundColumn): string {
  if (column.table !== table) {
    throw new TypeError(
      `table "${table.identity}": "${column.table.identity}.${column.key}" is a column of another table`,
    )
  }
  return column.name
}

function assertNames(tables: readonly TableSnapshot[]): void {
  const seen = new Map<string, string>()
  for (const table of tables) {
    for (const { name } of [...table.uniques, ...table.indexes]) {
      const key = JSON.stringify([table.schema, name])
      const other = seen.get(key)
      if (other !== undefined) {
        throw new TypeError(
          `"${name}" names an index of ${other} and one of ${table.name}; index names are shared by all tables of a schema`,
        )
      }
      seen.set(key, table.name)
    }
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}
