/** A snapshot whose expressions have the texts that a server gave them. */

import type {
  ColumnSnapshot,
  ExpressionSnapshot,
  IndexSnapshot,
  SchemaSnapshot,
  TableSnapshot,
} from './snapshot.ts'

/** Takes the deparsed texts of `observed`, in which things have the same names; what is missing there stays as it is. */
export function withDeparsed(snapshot: SchemaSnapshot, observed: SchemaSnapshot): SchemaSnapshot {
  const tables = Object.entries(snapshot.tables).map(([name, table]): [string, TableSnapshot] => {
    const other = observed.tables[name]
    return [name, other === undefined ? table : tableWith(table, other)]
  })
  const objects = Object.entries(snapshot.objects ?? {}).map(([key, object]) => {
    const other = observed.objects?.[key]
    return [
      key,
      other === undefined
        ? object
        : { ...object, create: expressionWith(object.create, other.create) },
    ]
  })
  return {
    ...snapshot,
    tables: Object.fromEntries(tables),
    ...(objects.length === 0 ? {} : { objects: Object.fromEntries(objects) }),
  }
}

/** Whether something of a table is an expression that a server may write in its own way. */
export function hasExpressions(table: TableSnapshot): boolean {
  return (
    table.checks.length > 0 ||
    table.columns.some(
      (column) => column.default !== undefined || column.generated !== undefined,
    ) ||
    table.indexes.some((index) => index.where !== undefined || index.elements !== undefined)
  )
}

function tableWith(table: TableSnapshot, other: TableSnapshot): TableSnapshot {
  return {
    ...table,
    columns: table.columns.map((column) =>
      columnWith(
        column,
        other.columns.find((one) => one.name === column.name),
      ),
    ),
    checks: table.checks.map((check) =>
      expressionWith(
        check,
        other.checks.find((one) => one.name === check.name),
      ),
    ),
    indexes: table.indexes.map((index) =>
      indexWith(
        index,
        other.indexes.find((one) => one.name === index.name),
      ),
    ),
  }
}

function columnWith(column: ColumnSnapshot, other: ColumnSnapshot | undefined): ColumnSnapshot {
  const given = other?.default
  return {
    ...column,
    ...(column.default === undefined || given?.deparsed === undefined
      ? {}
      : {
          default: {
            ...column.default,
            deparsed: given.deparsed,
            ...(given.engine === undefined ? {} : { engine: given.engine }),
          },
        }),
    ...(column.generated === undefined
      ? {}
      : { generated: expressionWith(column.generated, other?.generated) }),
  }
}

function indexWith(index: IndexSnapshot, other: IndexSnapshot | undefined): IndexSnapshot {
  return {
    ...index,
    ...(index.where === undefined ? {} : { where: expressionWith(index.where, other?.where) }),
    ...(index.elements === undefined
      ? {}
      : {
          elements: index.elements.map((one, place) =>
            one.expression === undefined
              ? one
              : {
                  ...one,
                  expression: expressionWith(one.expression, other?.elements?.[place]?.expression),
                },
          ),
        }),
  }
}

function expressionWith<T extends ExpressionSnapshot>(
  expression: T,
  other: ExpressionSnapshot | undefined,
): T {
  if (other?.deparsed === undefined) return expression
  return {
    ...expression,
    deparsed: other.deparsed,
    ...(other.engine === undefined ? {} : { engine: other.engine }),
  }
}
