/** Renames are stated, never guessed: by `.was('old_name')`, `was('old_table')`, or on the command line. */

import { MigrationPlanError } from '../migration-errors.ts'
import { readSchema, type SchemaModule } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { toGrants } from './grants/grant.ts'
import type { SchemaSnapshot, TableSnapshot } from './snapshot.ts'

/** One rename. `table` is the new name; without `column` the table itself is renamed. */
export interface Rename {
  readonly table: string
  readonly column?: string
  /** The name before. */
  readonly from: string
  /** The schema of {@link Rename.table}, where that has a name: a table may move. Found in the snapshot. */
  readonly schema?: string
}

/** The renames that a schema states. */
export function statedRenames(module: SchemaModule): readonly Rename[] {
  return [...readSchema(module).keys.keys()].flatMap((table) => [
    ...table
      .constraints()
      .filter((one) => one.kind === 'was')
      .map(({ name }): Rename => ({ table: table.identity, from: nameBefore(table, name) })),
    ...[...table.columns.values()].flatMap(({ name, facts }): Rename[] =>
      facts.was === undefined ? [] : [{ table: table.identity, column: name, from: facts.was }],
    ),
  ])
}

/** A name alone is one of the same schema; the table's own name says that it was in none. */
function nameBefore({ schema, name: own }: TableFacts, name: string): string {
  if (schema === undefined || name.includes('.') || name === own) return name
  return `${schema}.${name}`
}

/**
 * `users.name=users.full_name` or `users=people`; the new name of a column may stand alone, and `:` for `=`. With schemas:
 * `audit.users=archive.users`, `users=audit.users` and `audit.users=users` move a table, `audit.users.name=full_name`
 * renames a column.
 *
 * @throws MigrationPlanError for anything else
 */
export function parseRename(text: string): Rename {
  const [before = [], after = [], ...more] = text.split(/[:=]/).map((side) => side.split('.'))
  const isNamed = [...before, ...after].every((name) => name !== '')
  const [from, to] = [before.join('.'), after.join('.')]
  const table = before.slice(0, -1).join('.')
  const owner = after.slice(0, -1).join('.')
  const [name = '', column = ''] = [after.at(-1), before.at(-1)]
  if (isNamed && more.length === 0 && after.length > 0 && from !== to) {
    const isPlain = before.length === 1 && after.length === 1
    // A table may get or leave a schema; a column cannot leave its table.
    const isMove = before.length <= 2 && after.length <= 2 && owner !== table
    const isColumn = before.length > 1 && before.length <= 3 && (owner === '' || owner === table)
    if (isColumn && !(isMove && name === column)) return { table, column: name, from: column }
    if (isPlain || isMove) return { table: to, from }
  }
  throw new MigrationPlanError(
    `"${text.slice(0, 80)}" is no rename; write table.column=table.new_name, table=new_name, or schema.table=other_schema.table`,
  )
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
  stated: readonly Rename[],
  from: SchemaSnapshot,
  to: SchemaSnapshot,
): readonly Rename[] {
  const renames = stated.map((one) => ofSchema(one, from, to))
  const tables = renames
    .filter(
      (one) =>
        one.column === undefined &&
        Object.hasOwn(from.tables, one.from) &&
        !Object.hasOwn(from.tables, one.table) &&
        Object.hasOwn(to.tables, one.table) &&
        !Object.hasOwn(to.tables, one.from),
    )
    .map(({ table, from: old }): Rename => {
      const schema = to.tables[table]?.schema
      return { table, from: old, ...(schema === undefined ? {} : { schema }) }
    })
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

/** `audit.users` may be a column of a table or a table of a schema: what is there decides. */
function ofSchema(rename: Rename, from: SchemaSnapshot, to: SchemaSnapshot): Rename {
  const { table, column, from: old } = rename
  if (column === undefined || Object.hasOwn(to.tables, table)) return rename
  const [before, after] = [`${table}.${old}`, `${table}.${column}`]
  const pairs = [
    [before, after],
    // The new name alone may be one of no schema, and so may the old one on the way back.
    [before, column],
    [old, after],
  ] as const
  const found = pairs.find(
    ([one, other]) => Object.hasOwn(from.tables, one) && Object.hasOwn(to.tables, other),
  )
  return found === undefined ? rename : { table: found[1], from: found[0] }
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
    const { schema: place, ...rest } = table
    const moved = renames.find((one) => one.from === table.name && one.column === undefined)
    const schema = moved === undefined ? place : moved.schema
    return {
      ...rest,
      name: tableName(table.name),
      ...(schema === undefined ? {} : { schema }),
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
  // Rights go with what they are on.
  const grants = Object.values(snapshot.grants ?? {}).map((grant) =>
    grant.on !== 'table' && grant.on !== 'counter'
      ? grant
      : {
          ...grant,
          name: tableName(grant.name),
          ...(grant.column === undefined ? {} : { column: columnName(grant.name, grant.column) }),
        },
  )
  return {
    ...snapshot,
    tables: Object.fromEntries(tables.map((table) => [table.name, table])),
    ...(grants.length === 0 ? {} : { grants: toGrants(grants) }),
  }
}
