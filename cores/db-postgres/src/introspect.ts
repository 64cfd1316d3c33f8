/** The schema of a PostgreSQL database, from one query on its catalog. */

import {
  type EnumSnapshot,
  type ForeignKeySnapshot,
  type IndexElementSnapshot,
  type IndexSnapshot,
  type RunSql,
  type SchemaSnapshot,
  type TableSnapshot,
} from '@mizan/db'
import { primaryKeyName, quote, relation } from './ddl-texts.ts'
import { toColumn } from './introspect/column.ts'
import { toObjects } from './introspect/objects.ts'
import { grantsOf } from './introspect/grants.ts'
import { type Namespace, namespaceOf } from './introspect/names.ts'
import { catalogQueries } from './introspect/queries.ts'
import type { Catalog, ConstraintRow, IndexRow, TableRow } from './introspect/rows.ts'

/** Reads a namespace; the schema that is searched first when none is named. */
export async function introspect(
  run: RunSql,
  namespace: Namespace = namespaceOf([]),
): Promise<SchemaSnapshot> {
  const engine = await engineName(run)
  const catalog = await readCatalog(run, namespace)
  const tables = catalog.tables
    .filter((row) => row.bound === null)
    .map((row) => toTable(row, catalog, engine))
  const grants = grantsOf(catalog.grants)
  const objects = { ...toObjects(catalog, engine), ...exclusions(catalog, engine) }
  return {
    version: 1,
    enums: Object.fromEntries(
      catalog.enums.map(({ name, schema, values }): [string, EnumSnapshot] => [
        name,
        { values, ...(schema === null ? {} : { schema }) },
      ]),
    ),
    tables: Object.fromEntries(tables.map((table) => [table.name, table])),
    ...(Object.keys(objects).length === 0 ? {} : { objects }),
    ...(Object.keys(grants).length === 0 ? {} : { grants }),
  }
}

/** `postgres 18` */
export async function engineName(run: RunSql): Promise<string> {
  const [row] = await run('show server_version_num')
  return `postgres ${Math.trunc(Number(row?.['server_version_num']) / 10_000)}`
}

/** Connections that have read their catalog before: planning the query takes longer than running it. */
const known = new WeakMap<RunSql, Map<string, string>>()

/** One statement: everything is of one moment, whatever others do meanwhile. */
async function readCatalog(run: RunSql, namespace: Namespace): Promise<Catalog> {
  const [row] = await run(await catalogQuery(run, namespace))
  return JSON.parse(String(row?.['catalog'])) as Catalog // cast: each query builds the object that its row type describes
}

/** The whole query; from the second time on a connection, the name under which it was prepared. */
async function catalogQuery(run: RunSql, namespace: Namespace): Promise<string> {
  const parts = Object.entries(catalogQueries(namespace)).map(
    ([name, sql]) => `'${name}', (select coalesce(json_agg(q.facts), '[]') from (${sql}) as q)`,
  )
  const sql = `select json_build_object(${parts.join(', ')})::text as catalog`
  const seen = known.get(run)
  if (seen === undefined) {
    known.set(run, new Map())
    // Compiling a query of this size would take longer than running it.
    await run(`select set_config('jit', 'off', false)`)
    return sql
  }
  const before = seen.get(sql)
  if (before !== undefined) return `execute ${before}`
  const name = `mizan_catalog_${seen.size}`
  await run(`prepare ${name} as ${sql}`)
  seen.set(sql, name)
  return `execute ${name}`
}

function toTable(row: TableRow, catalog: Catalog, engine: string): TableSnapshot {
  const own = catalog.constraints.filter((one) => one.table === row.name)
  const key = own.find((one) => one.kind === 'p')
  return {
    name: row.name,
    ...(row.schema === null ? {} : { schema: row.schema }),
    columns: catalog.columns
      .filter((column) => column.table === row.name)
      .map((column) => toColumn(column, engine)),
    primaryKey: key?.columns ?? [],
    uniques: own
      .filter((one) => one.kind === 'u')
      .map((one) => ({
        name: one.name,
        columns: one.columns,
        ...(one.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
        ...deferrable(one),
      })),
    indexes: catalog.indexes
      .filter((one) => one.table === row.name)
      .map((index) => toIndex(index, engine)),
    foreignKeys: own.filter((one) => one.kind === 'f').map(toForeignKey),
    checks: own
      .filter((one) => one.kind === 'c')
      .map(({ name, check, valid }) => ({
        name,
        source: check ?? '',
        deparsed: check ?? '',
        engine,
        ...(valid ? {} : { notValid: true }),
      })),
    ...(row.comment === null ? {} : { comment: row.comment }),
    ...(key === undefined || key.name === primaryKeyName(row.name)
      ? {}
      : { primaryKeyName: key.name }),
    ...(row.partitionBy === null ? {} : { partitionBy: row.partitionBy }),
  }
}

const actions: Readonly<Record<string, ForeignKeySnapshot['onDelete']>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

function toForeignKey(row: ConstraintRow): ForeignKeySnapshot {
  return {
    name: row.name,
    columns: row.columns,
    table: row.target ?? '',
    references: row.references,
    onDelete: actions[row.onDelete] ?? 'no action',
    onUpdate: actions[row.onUpdate] ?? 'no action',
    ...deferrable(row),
    ...(row.valid ? {} : { notValid: true }),
  }
}

function deferrable(row: ConstraintRow): { readonly deferrable?: 'immediate' | 'deferred' } {
  if (!row.deferrable) return {}
  return { deferrable: row.deferred ? 'deferred' : 'immediate' }
}

/** Bits of `indoption`. */
const descending = 1
const nullsFirst = 2

function toIndex(row: IndexRow, engine: string): IndexSnapshot {
  const keys = row.elements.slice(0, row.keys)
  const include = row.elements.slice(row.keys).flatMap(({ column }) => column ?? [])
  const elements = keys.map(
    ({ column, text, option, opclass, collation }): IndexElementSnapshot => {
      const order = ((option ?? 0) & descending) === 0 ? 'asc' : 'desc'
      const nulls = ((option ?? 0) & nullsFirst) === 0 ? 'last' : 'first'
      return {
        ...(column === null
          ? { expression: { source: bare(text), deparsed: bare(text), engine } }
          : { column }),
        ...(order === 'desc' ? { order } : {}),
        ...(nulls === (order === 'desc' ? 'first' : 'last') ? {} : { nulls }),
        ...(opclass === null ? {} : { opclass }),
        ...(collation === null ? {} : { collation }),
      }
    },
  )
  const plain = elements.every((one) => Object.keys(one).join() === 'column')
  return {
    name: row.name,
    columns: keys.flatMap(({ column }) => column ?? []),
    ...(plain ? {} : { elements }),
    ...(row.unique ? { unique: true } : {}),
    ...(row.where === null ? {} : { where: { source: row.where, deparsed: row.where, engine } }),
    ...(row.method === 'btree' ? {} : { using: row.method }),
    ...(include.length === 0 ? {} : { include }),
    ...(row.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
  }
}

/** An expression that is no plain call comes in brackets of its own. */
function bare(text: string): string {
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text
}

/** Exclusion constraints are carried: they belong to their table and are made by their own text. */
function exclusions(catalog: Catalog, engine: string): SchemaSnapshot['objects'] {
  return Object.fromEntries(
    catalog.constraints
      .filter((one) => one.kind === 'x')
      .map(({ table, name, columns, definition }) => {
        const source = `alter table ${relation(table)} add constraint ${quote(name)} ${definition}`
        return [
          `security ${table}.${name}`,
          {
            kind: 'security',
            name,
            table,
            create: { source, deparsed: source, engine },
            drop: `alter table ${relation(table)} drop constraint ${quote(name)}`,
            dependsOn: [],
            columns: { [table]: columns },
          },
        ]
      }),
  )
}
