/** Renames are stated, never guessed: by `.was('old_name')`, `was('old_table')`, or on the command line. */

import { MigrationPlanError } from '../errors.ts'
import { readSchema, type SchemaModule } from '../schema/schema.ts'
import type { SchemaSnapshot, TableSnapshot } from './snapshot.ts'

/** One rename. `table` is the new name; without `column` the table itself is renamed. */
export interface Rename {
  readonly table: string
  readonly column?: string
  /** The name before. */
  readonly from: string
}

/** The renames that a schema states. */
export function statedRenames(module: SchemaModule): readonly Rename[] {
  return [...readSchema(module).keys.keys()].flatMap((table) => [
    ...table
      .constraints()
      .filter((one) => one.kind === 'was')
      .map(({ name }): Rename => ({ table: table.name, from: name })),
    ...[...table.columns.values()].flatMap(({ name, facts }): Rename[] =>
      facts.was === undefined ? [] : [{ table: table.name, column: name, from: facts.was }],
    ),
  ])
}

/**
 * `users.name=users.full_name` or `users=people`; the new name of a column may stand alone, and `:` for `=`.
 *
 * @throws MigrationPlanError for anything else
 */
export function parseRename(text: string): Rename {
  const match = /^([^.:=]+)(?:\.([^.:=]+))?[:=](?:([^.:=]+)\.)?([^.:=]+)$/.exec(text)
  const [, table = '', column, owner, to = ''] = match ?? []
  // Another owner would be a move, which is no rename.
  if (match === null || (owner !== undefined && (column === undefined || owner !== table))) {
    throw new MigrationPlanError(
      `"${text.slice(0, 80)}" is no rename; write table.column=table.new_name, or table=new_name`,
    )
  }
  return column === undefined ? { table: to, from: table } : { table, column: to, from: column }
}

/** Turns renames around: what takes them back. */
export function reversedRenames(renames: readonly Rename[]): readonly Rename[] {
  const oldName = new Map(
    renames.filter((one) => one.column === undefined).map((one) => [one.table, one.from]),
  )
  return renames.map(({ table, column, from }) =>
    column === undefined
      ? { table: from, from: table }
      : { table: oldName.get(table) ?? table, column: from, from: column },
  )
}

/** Those that happen between two snapshots: the old name is there before, the new one is there after. */
export function effectiveRenames(
  renames: readonly Rename[],
  from: SchemaSnapshot,
  to: SchemaSnapshot,
): readonly Rename[] {
  const tables = renames.filter(
    (one) =>
      one.column === undefined &&
      Object.hasOwn(from.tables, one.from) &&
      !Object.hasOwn(from.tables, one.table) &&
      Object.hasOwn(to.tables, one.table) &&
      !Object.hasOwn(to.tables, one.from),
  )
  const oldName = new Map(tables.map((one) => [one.table, one.from]))
  const columns = renames.filter(({ table, column, from: old }) => {
    if (column === undefined) return false
    const before = from.tables[oldName.get(table) ?? table]
    const after = to.tables[table]
    const has = (of: TableSnapshot | undefined, name: string): boolean =>
      of?.columns.some((one) => one.name === name) === true
    return has(before, old) && !has(before, column) && has(after, column) && !has(after, old)
  })
  return [...tables, ...columns]
}

/** The snapshot after its tables and columns have got their new names; names of keys stay as they are. */
export function applyRenames(snapshot: SchemaSnapshot, renames: readonly Rename[]): SchemaSnapshot {
  if (renames.length === 0) return snapshot
  const newTable = new Map(
    renames.filter((one) => one.column === undefined).map((one) => [one.from, one.table]),
  )
  const tableName = (name: string): string => newTable.get(name) ?? name
  const columnName = (table: string, name: string): string =>
    renames.find(
      (one) => one.table === tableName(table) && one.from === name && one.column !== undefined,
    )?.column ?? name
  const tables = Object.values(snapshot.tables).map((table): TableSnapshot => {
    const own = (columns: readonly string[]): string[] =>
      columns.map((name) => columnName(table.name, name))
    return {
      ...table,
      name: tableName(table.name),
      columns: table.columns.map((column) => ({
        ...column,
        name: columnName(table.name, column.name),
      })),
      primaryKey: own(table.primaryKey),
      uniques: table.uniques.map((key) => ({ ...key, columns: own(key.columns) })),
      indexes: table.indexes.map((index) => ({
        ...index,
        columns: own(index.columns),
        ...(index.include === undefined ? {} : { include: own(index.include) }),
        ...(index.elements === undefined
          ? {}
          : {
              elements: index.elements.map((one) =>
                one.column === undefined
                  ? one
                  : { ...one, column: columnName(table.name, one.column) },
              ),
            }),
      })),
      foreignKeys: table.foreignKeys.map((key) => ({
        ...key,
        columns: own(key.columns),
        table: tableName(key.table),
        references: key.references.map((name) => columnName(key.table, name)),
      })),
    }
  })
  return { ...snapshot, tables: Object.fromEntries(tables.map((table) => [table.name, table])) }
}
