/** The schema of a SQLite database: from its pragmas, and from the texts that it keeps. */

import {
  type CheckSnapshot,
  type ColumnSnapshot,
  type ForeignKeySnapshot,
  type IndexSnapshot,
  objectKey,
  type ObjectSnapshot,
  type RunSql,
  type SchemaSnapshot,
  sqlTokens,
  type TableSnapshot,
} from '@mizan/db'
import { quote } from './quote.ts'
import { readTableText, type TableText } from './introspect/table-text.ts'
import { splitIndex } from './introspect/index-text.ts'
import { toType } from './introspect/type.ts'

interface Row {
  readonly [name: string]: unknown
}

/** Four queries, whatever the number of tables. */
export async function introspect(run: RunSql): Promise<SchemaSnapshot> {
  const schema = await run(
    `select type, name, tbl_name as owner, sql from sqlite_schema
    where name not like 'sqlite\\_%' escape '\\' and name not like 'mizan\\_%' escape '\\' and tbl_name not like 'mizan\\_%' escape '\\' order by name`,
  )
  const columns = await run(
    `select m.name as owner, c.name, c.type, c."notnull" as required, c.dflt_value as given, c.pk, c.hidden
    from sqlite_schema m, pragma_table_xinfo(m.name) c where m.type = 'table' order by m.name, c.cid`,
  )
  const keys = await run(
    `select m.name as owner, k.id, k.seq, k."table" as target, k."from" as own, k."to" as refers, k.on_update, k.on_delete
    from sqlite_schema m, pragma_foreign_key_list(m.name) k where m.type = 'table' order by m.name, k.id, k.seq`,
  )
  const indexes = await run(
    `select m.name as owner, i.name, i."unique" as is_unique, i.origin, c.seqno, c.name as column_name, c.desc as is_desc, c.coll
    from sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) c
    where m.type = 'table' and c.key = 1 order by m.name, i.name, c.seqno`,
  )
  const of = (rows: readonly Row[], owner: string): readonly Row[] =>
    rows.filter((row) => row['owner'] === owner)
  const tables = schema
    .filter((row) => row['type'] === 'table')
    .map((row): TableSnapshot => {
      const name = String(row['name'])
      return toTable(name, {
        text: readTableText(String(row['sql'])),
        columns: of(columns, name),
        keys: of(keys, name),
        indexes: of(indexes, name),
        texts: new Map(
          schema
            .filter((one) => one['type'] === 'index' && one['owner'] === name)
            .map((one) => [String(one['name']), String(one['sql'])]),
        ),
      })
    })
  const relations = new Map(
    schema
      .filter((row) => row['type'] === 'table' || row['type'] === 'view')
      .map((row) => [String(row['name']).toLowerCase(), `${row['type']} ${row['name']}`]),
  )
  const objects = schema.flatMap((row) => toObject(row, relations))
  return {
    version: 1,
    enums: {},
    tables: Object.fromEntries(tables.map((table) => [table.name, table])),
    ...(objects.length === 0
      ? {}
      : { objects: Object.fromEntries(objects.map((one) => [objectKey(one), one])) }),
  }
}

interface TableParts {
  readonly text: TableText
  readonly columns: readonly Row[]
  readonly keys: readonly Row[]
  readonly indexes: readonly Row[]
  /** CREATE INDEX, by name. */
  readonly texts: ReadonlyMap<string, string>
}

function toTable(name: string, parts: TableParts): TableSnapshot {
  const primaryKey = parts.columns
    .filter((row) => Number(row['pk']) > 0)
    .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((row) => String(row['name']))
  const byName = groupBy(parts.indexes, 'name')
  const uniques = [...byName].flatMap(([indexName, rows]) => toUnique(indexName, rows, parts))
  return {
    name,
    columns: parts.columns.map((row) => toColumn(row, parts, primaryKey)),
    primaryKey,
    uniques,
    indexes: [...byName]
      .filter(
        ([indexName, rows]) =>
          rows[0]?.['origin'] === 'c' && !uniques.some((one) => one.name === indexName),
      )
      .map(([indexName, rows]) => toIndex(indexName, rows, parts.texts.get(indexName) ?? '')),
    foreignKeys: toForeignKeys(parts),
    checks: parts.text.checks.map(({ name: own, source }): CheckSnapshot => ({
      name: own ?? '',
      source,
    })),
  }
}

function toColumn(row: Row, parts: TableParts, primaryKey: readonly string[]): ColumnSnapshot {
  const name = String(row['name'])
  const own = parts.text.columns.get(name.toLowerCase())
  const given = row['given'] === null ? undefined : String(row['given'])
  const counts = own?.autoincrement === true
  const type = String(row['type'])
  const collation = own?.collation === undefined ? '' : ` collate ${own.collation}`
  return {
    name,
    type: counts
      ? { name: 'bigserial' }
      : collation === ''
        ? toType(type)
        : { name: 'native', sql: `${type}${collation}` },
    notNull:
      counts ||
      Number(row['required']) === 1 ||
      (primaryKey.includes(name) && own?.notNull === true),
    ...(given === undefined || own?.generated !== undefined
      ? {}
      : { default: { kind: 'expression', source: given } }),
    ...(own?.generated === undefined
      ? {}
      : { generated: { source: own.generated, stored: Number(row['hidden']) === 3 } }),
  }
}

/** Unique constraints are unique indexes here, whether they were declared in the table or beside it. */
function toUnique(name: string, rows: readonly Row[], parts: TableParts): TableSnapshot['uniques'] {
  const [first] = rows
  if (first?.['origin'] === 'pk' || Number(first?.['is_unique']) !== 1) return []
  const columns = rows.map((row) => row['column_name'])
  const plain = rows.every((row) => Number(row['is_desc']) === 0 && row['coll'] === 'BINARY')
  const hasCondition = splitIndex(parts.texts.get(name) ?? '').where !== undefined
  if (!plain || hasCondition || columns.some((column) => column === null)) return []
  const own = name.startsWith('sqlite_autoindex_') ? '' : name
  return [{ name: own, columns: columns.map(String) }]
}

function toIndex(name: string, rows: readonly Row[], sql: string): IndexSnapshot {
  const text = splitIndex(sql)
  const elements = rows.map((row, place) => ({
    ...(row['column_name'] === null
      ? { expression: { source: text.elements[place] ?? '' } }
      : { column: String(row['column_name']) }),
    ...(Number(row['is_desc']) === 1 ? { order: 'desc' as const } : {}),
    ...(row['coll'] === 'BINARY' || row['coll'] === null ? {} : { collation: String(row['coll']) }),
  }))
  const plain = elements.every((one) => Object.keys(one).join() === 'column')
  return {
    name,
    columns: rows.flatMap((row) =>
      row['column_name'] === null ? [] : [String(row['column_name'])],
    ),
    ...(plain ? {} : { elements }),
    ...(Number(rows[0]?.['is_unique']) === 1 ? { unique: true } : {}),
    ...(text.where === undefined ? {} : { where: { source: text.where } }),
  }
}

function toForeignKeys({ keys, text }: TableParts): readonly ForeignKeySnapshot[] {
  return [...groupBy(keys, 'id').values()]
    .map((rows): ForeignKeySnapshot => {
      const columns = rows.map((row) => String(row['own']))
      const [first] = rows
      const own = text.foreignKeys.find(
        (key) => key.columns.join() === columns.join().toLowerCase(),
      )
      return {
        name: own?.name ?? '',
        columns,
        table: String(first?.['target']),
        references: rows.map((row) => String(row['refers'] ?? row['own'])),
        onDelete: action(first?.['on_delete']),
        onUpdate: action(first?.['on_update']),
        ...(own?.deferrable === undefined ? {} : { deferrable: own.deferrable }),
      }
    })
    .toSorted((a, b) => (a.columns.join() < b.columns.join() ? -1 : 1))
}

function action(text: unknown): ForeignKeySnapshot['onDelete'] {
  return String(text).toLowerCase() as ForeignKeySnapshot['onDelete'] // cast: SQLite writes these five
}

function toObject(row: Row, relations: ReadonlyMap<string, string>): ObjectSnapshot[] {
  const [kind, name, source] = [row['type'], String(row['name']), String(row['sql'])]
  if (kind !== 'view' && kind !== 'trigger') return []
  const drop = `drop ${kind} ${quote(name)}`
  const create = { source, deparsed: source, engine: 'sqlite' }
  const owner = String(row['owner'])
  const needs = needsOf(source, relations).filter((key) => key !== `${kind} ${name}`)
  if (kind === 'view') return [{ kind, name, create, drop, dependsOn: needs }]
  const others = needs.filter((key) => key !== `table ${owner}`)
  return [{ kind, name, table: owner, create, drop, dependsOn: others }]
}

/** Where a relation is named in the text of a view or a trigger. */
const places: ReadonlySet<string> = new Set(['from', 'join', 'into', 'update', 'on'])

/** Keys of the tables and views that a text reads or writes. */
function needsOf(source: string, relations: ReadonlyMap<string, string>): readonly string[] {
  const tokens = sqlTokens(source)
  return [
    ...new Set(
      tokens.flatMap(({ name }, place) => {
        const word = (back: number): string => tokens[place - back]?.text.toLowerCase() ?? ''
        const isPlace =
          places.has(word(1)) ||
          (word(1) === '(' && places.has(word(2))) ||
          (word(1) === '.' && word(2) === 'main')
        const key = name === undefined ? undefined : relations.get(name.toLowerCase())
        return isPlace && key !== undefined && tokens[place + 1]?.text !== '.' ? [key] : []
      }),
    ),
  ]
}

function groupBy(rows: readonly Row[], name: string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = String(row[name])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
