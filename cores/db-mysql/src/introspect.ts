/** The schema of a MySQL or MariaDB database, from `information_schema`. */

import {
  type CheckSnapshot,
  type ColumnSnapshot,
  type ForeignKeySnapshot,
  type IndexSnapshot,
  objectKey,
  type ObjectSnapshot,
  type RunSql,
  type SchemaSnapshot,
  type TableSnapshot,
} from '@mizan/db'
import { quote } from './ddl-texts.ts'
import { defaultOf, toType } from './introspect/type.ts'
import { readsOf } from './introspect/view-text.ts'

/** A row of `information_schema`, its names in lower case. */
export interface Row {
  readonly [name: string]: unknown
}

/** `mariadb 10.11` */
export async function engineName(run: RunSql): Promise<string> {
  const [row] = await run('select version() as version')
  const version = String(row?.['version'])
  return `${version.includes('MariaDB') ? 'mariadb' : 'mysql'} ${/^\d+\.\d+/.exec(version)?.[0] ?? '0'}`
}

/** Seven queries, whatever the number of tables. */
export async function introspect(run: RunSql): Promise<SchemaSnapshot> {
  const engine = await engineName(run)
  const read = async (columns: string, from: string, order: string): Promise<readonly Row[]> => {
    const rows = await run(`select ${columns} from information_schema.${from} order by ${order}`)
    return rows.map(lowerCase)
  }
  const own = (schema: string): string =>
    `${schema} = database() and table_name not like 'mizan\\\\_%'`
  const tables = await read(
    '*',
    `tables where ${own('table_schema')} and table_type = 'BASE TABLE'`,
    'table_name',
  )
  const columns = await read(
    '*',
    `columns where ${own('table_schema')}`,
    'table_name, ordinal_position',
  )
  const statistics = await read(
    '*',
    `statistics where ${own('table_schema')}`,
    'table_name, index_name, seq_in_index',
  )
  const keys = await read(
    'k.*, r.update_rule, r.delete_rule',
    `key_column_usage k join information_schema.referential_constraints r
      on r.constraint_schema = database() and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where k.constraint_schema = database() and k.table_schema = database() and k.table_name not like 'mizan\\\\_%'`,
    'k.table_name, k.constraint_name, k.ordinal_position',
  )
  const checks = engine.startsWith('mariadb')
    ? await read(
        '*',
        `check_constraints where constraint_schema = database()`,
        'table_name, constraint_name',
      )
    : await read(
        'c.*, t.table_name',
        `check_constraints c join information_schema.table_constraints t
          on t.constraint_schema = c.constraint_schema and t.constraint_name = c.constraint_name and t.constraint_type = 'CHECK'
        where c.constraint_schema = database()`,
        't.table_name, c.constraint_name',
      )
  const views = await read('*', `views where ${own('table_schema')}`, 'table_name')
  const triggers = await read(
    '*',
    `triggers where trigger_schema = database() and trigger_name not like 'mizan\\\\_%'`,
    'trigger_name',
  )
  const enums: Record<string, { readonly values: readonly string[] }> = {}
  const of = (rows: readonly Row[], name: string): readonly Row[] =>
    rows.filter((row) => row['table_name'] === name)
  const described = tables.map((row): TableSnapshot => {
    const name = String(row['table_name'])
    return toTable(row, {
      columns: of(columns, name),
      statistics: of(statistics, name),
      keys: of(keys, name),
      checks: of(checks, name),
      engine,
      enums,
    })
  })
  const names = described.map((table) => table.name)
  const viewNames = views.map((row) => String(row['table_name']))
  const objects = [
    ...views.map((row) => toView(row, { tables: names, views: viewNames, engine })),
    ...triggers.map((row) => toTrigger(row, engine)),
  ]
  return {
    version: 1,
    enums,
    tables: Object.fromEntries(described.map((table) => [table.name, table])),
    ...(objects.length === 0
      ? {}
      : { objects: Object.fromEntries(objects.map((one) => [objectKey(one), one])) }),
  }
}

interface TableParts {
  readonly columns: readonly Row[]
  readonly statistics: readonly Row[]
  readonly keys: readonly Row[]
  readonly checks: readonly Row[]
  readonly engine: string
  readonly enums: Record<string, { readonly values: readonly string[] }>
}

function toTable(row: Row, parts: TableParts): TableSnapshot {
  const name = String(row['table_name'])
  const foreignKeys = grouped(parts.keys, 'constraint_name').map(toForeignKey)
  const indexes = grouped(parts.statistics, 'index_name')
  const primary = indexes.find(([own]) => own?.['index_name'] === 'PRIMARY') ?? []
  const isKey = ([own]: readonly Row[]): boolean => Number(own?.['non_unique']) === 0
  const json = new Set(
    parts.checks.flatMap((check) => {
      const column = /^json_valid\(`((?:[^`]|``)+)`\)$/.exec(String(check['check_clause']))?.[1]
      return column === undefined ? [] : [column.replaceAll('``', '`')]
    }),
  )
  const plain = indexes.filter((rows) => rows !== primary)
  return {
    name,
    columns: parts.columns.map((column) => toColumn(column, { json, ...parts })),
    primaryKey: primary.map((one) => String(one['column_name'])),
    uniques: plain
      .filter((rows) => isKey(rows) && isPlain(rows))
      .map((rows) => ({
        name: String(rows[0]?.['index_name']),
        columns: rows.map((one) => String(one['column_name'])),
      })),
    indexes: plain
      .filter((rows) => !isKey(rows) || !isPlain(rows))
      .map((rows) => toIndex(rows, parts.engine))
      // Every foreign key has an index; one that nobody declared has its name.
      .filter(
        (index) =>
          !foreignKeys.some(
            (key) => key.name === index.name && key.columns.join() === index.columns.join(),
          ),
      ),
    foreignKeys,
    checks: parts.checks.flatMap((check) => toCheck(check, json, parts.engine)),
    ...(row['table_comment'] === '' ? {} : { comment: String(row['table_comment']) }),
  }
}

function toColumn(
  row: Row,
  {
    json,
    engine,
    enums,
  }: Pick<TableParts, 'engine' | 'enums'> & { readonly json: ReadonlySet<string> },
): ColumnSnapshot {
  const name = String(row['column_name'])
  const extra = String(row['extra'] ?? '').toLowerCase()
  const counts = extra.includes('auto_increment')
  const type = toType(row, json.has(name))
  if (type.values !== undefined) enums[type.snapshot.enum ?? ''] = { values: type.values }
  const expression = row['generation_expression']
  const computed =
    typeof expression === 'string' && expression !== '' ? bare(unescaped(expression)) : undefined
  const given = computed === undefined ? defaultOf(row, engine) : undefined
  const plainCounter =
    counts && (type.snapshot.name === 'integer' || type.snapshot.name === 'bigint')
  return {
    name,
    type: plainCounter
      ? { name: type.snapshot.name === 'integer' ? 'serial' : 'bigserial' }
      : type.snapshot,
    notNull: row['is_nullable'] === 'NO',
    ...(given === undefined
      ? {}
      : { default: { kind: 'expression', source: bare(given), deparsed: bare(given), engine } }),
    ...(computed === undefined
      ? {}
      : {
          generated: {
            source: computed,
            deparsed: computed,
            engine,
            stored: extra.includes('stored') || extra.includes('persistent'),
          },
        }),
    ...(counts && !plainCounter ? { identity: 'by default' } : {}),
    ...(row['column_comment'] === '' ? {} : { comment: String(row['column_comment']) }),
  }
}

function toIndex(rows: readonly Row[], engine: string): IndexSnapshot {
  const [first] = rows
  const elements = rows.map((row) => {
    const expression = row['expression']
    return {
      ...(typeof expression === 'string'
        ? { expression: { source: expression, deparsed: expression, engine } }
        : { column: String(row['column_name']) }),
      ...(row['collation'] === 'D' ? { order: 'desc' as const } : {}),
      // A prefix: `title(20)`.
      ...(row['sub_part'] === null ? {} : { opclass: `(${Number(row['sub_part'])})` }),
    }
  })
  const type = String(first?.['index_type']).toLowerCase()
  return {
    name: String(first?.['index_name']),
    columns: rows.flatMap((row) =>
      row['column_name'] === null ? [] : [String(row['column_name'])],
    ),
    ...(elements.every((one) => Object.keys(one).join() === 'column') ? {} : { elements }),
    ...(Number(first?.['non_unique']) === 0 ? { unique: true } : {}),
    ...(type === 'btree' ? {} : { using: type }),
  }
}

function isPlain(rows: readonly Row[]): boolean {
  return rows.every(
    (row) => row['column_name'] !== null && row['sub_part'] === null && row['collation'] !== 'D',
  )
}

function toForeignKey(rows: readonly Row[]): ForeignKeySnapshot {
  const [first] = rows
  const action = (name: string): ForeignKeySnapshot['onDelete'] =>
    String(first?.[name]).toLowerCase() as ForeignKeySnapshot['onDelete'] // cast: the server writes these five
  return {
    name: String(first?.['constraint_name']),
    columns: rows.map((row) => String(row['column_name'])),
    table: String(first?.['referenced_table_name']),
    references: rows.map((row) => String(row['referenced_column_name'])),
    onDelete: action('delete_rule'),
    onUpdate: action('update_rule'),
  }
}

function toCheck(row: Row, json: ReadonlySet<string>, engine: string): readonly CheckSnapshot[] {
  const source = bare(unescaped(String(row['check_clause'])))
  const name = String(row['constraint_name'])
  // The check that makes a column JSON keeps its name when the column gets another.
  const ofColumn = /^json_valid\(`((?:[^`]|``)+)`\)$/.exec(source)?.[1]?.replaceAll('``', '`')
  const isOwn = row['level'] === undefined ? json.has(name) : row['level'] === 'Column'
  if (ofColumn !== undefined && json.has(ofColumn) && isOwn) return []
  return [{ name, source, deparsed: source, engine }]
}

interface Relations {
  readonly tables: readonly string[]
  readonly views: readonly string[]
  readonly engine: string
}

function toView(row: Row, { tables, views, engine }: Relations): ObjectSnapshot {
  const name = String(row['table_name'])
  const query = String(row['view_definition'])
  const schema = String(row['table_schema'])
  const reads = readsOf(query, schema)
  const algorithm = String(row['algorithm'] ?? 'UNDEFINED').toLowerCase()
  const check = String(row['check_option']).toLowerCase()
  const source = [
    'create',
    algorithm === 'undefined' ? '' : `algorithm = ${algorithm}`,
    row['security_type'] === 'INVOKER' ? 'sql security invoker' : '',
    // The definition names the database; the view is the same in another one.
    `view ${quote(name)} as ${query.replaceAll(`${quote(schema)}.`, '')}`,
    check === 'none' ? '' : `with ${check} check option`,
  ]
    .filter((part) => part !== '')
    .join(' ')
  const key = (one: string): string[] =>
    tables.includes(one) ? [`table ${one}`] : views.includes(one) ? [`view ${one}`] : []
  return {
    kind: 'view',
    name,
    create: { source, deparsed: source, engine },
    drop: `drop view ${quote(name)}`,
    dependsOn: [...reads.keys()].flatMap(key),
    columns: Object.fromEntries(
      [...reads]
        .filter(([one]) => tables.includes(one))
        .map(([one, columns]) => [one, [...columns].toSorted()]),
    ),
  }
}

function toTrigger(row: Row, engine: string): ObjectSnapshot {
  const name = String(row['trigger_name'])
  const table = String(row['event_object_table'])
  const source =
    `create trigger ${quote(name)} ${String(row['action_timing']).toLowerCase()} ${String(row['event_manipulation']).toLowerCase()} ` +
    `on ${quote(table)} for each row ${String(row['action_statement'])}`
  return {
    kind: 'trigger',
    name,
    table,
    create: { source, deparsed: source, engine },
    drop: `drop trigger ${quote(name)}`,
    dependsOn: [],
  }
}

/** Takes the brackets around an expression away, where they are one pair. */
export function bare(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1
    if (text[index] === ')') depth -= 1
    if (depth === 0 && index < text.length - 1) return text
  }
  return bare(text.slice(1, -1))
}

/** MySQL 8 escapes quotes in the texts of expressions. */
function unescaped(text: string): string {
  return text.replaceAll("\\'", "'")
}

function grouped(rows: readonly Row[], name: string): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = String(row[name])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

function lowerCase(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
}
