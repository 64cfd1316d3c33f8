/** The DDL of MySQL and MariaDB. */

import {
  type DdlFacts,
  emitChange,
  isCounter,
  type PlannedStatement,
  type SchemaChange,
  type TypeSnapshot,
  ValueError,
} from '@mizan/db'
import { quote, quoteText } from './ddl-texts.ts'
import { afterRename, holds } from './dependents.ts'
import { misfits } from './misfits.ts'

const names: Readonly<Record<string, string>> = {
  smallint: 'smallint',
  integer: 'integer',
  bigint: 'bigint',
  // The text of a FLOAT has six digits, fewer than the value.
  real: 'double',
  double: 'double',
  text: 'longtext',
  boolean: 'boolean',
  date: 'date',
  interval: 'varchar(64)',
  uuid: 'char(36) character set ascii collate ascii_bin',
  json: 'json',
  jsonb: 'json',
  bytea: 'longblob',
}

function literal(value: unknown, type: TypeSnapshot): string {
  switch (type.name) {
    case 'boolean':
      return value === true ? 'true' : 'false'
    case 'text':
      // Columns of this kind take expressions only.
      return `(${quoteText(String(value))})`
    case 'json':
    case 'jsonb':
      return `(${quoteText(JSON.stringify(value))})`
    case 'bytea':
      return `(x'${String(value)}')`
    case 'timestamp':
    case 'timestamptz':
      return quoteText(String(value).replace('T', ' ').replace('Z', ''))
    case 'bigint':
    case 'numeric':
      return String(value)
    default:
      return typeof value === 'number' ? String(value) : quoteText(String(value))
  }
}

function now(type: Pick<TypeSnapshot, 'name' | 'precision'>): string {
  if (type.name === 'date') return '(current_date)'
  return type.name === 'time'
    ? `(current_time(${type.precision}))`
    : `current_timestamp(${type.precision})`
}

/** The facts of MySQL's DDL. */
export const ddl: DdlFacts = Object.freeze<DdlFacts>({
  alterConstraints: true,
  transactional: false,
  enumTypes: false,
  counterIsKey: false,
  uniqueIndexes: false,
  uniqueIsIndex: true,
  // Binary: 'A' is not 'a', as in the other dialects.
  tableOptions: ' engine = innodb default character set utf8mb4 collate utf8mb4_bin',
  quote,
  relation: quote,
  type(type, enums) {
    if (type.sql !== undefined) return type.sql
    switch (type.name) {
      case 'varchar':
      case 'char':
        return `${type.name}(${type.length})`
      case 'numeric':
        if (type.precision === undefined) {
          throw new ValueError(
            'numeric() without a precision has no fraction in MySQL; give numeric({ precision, scale })',
          )
        }
        return `decimal(${type.precision}, ${type.scale})`
      case 'timestamp':
      case 'timestamptz':
        // TIMESTAMP ends in 2038; DATETIME holds UTC because every session is pinned to it.
        return `datetime(${type.precision})`
      case 'time':
        return `time(${type.precision})`
      case 'enum':
        return `enum(${(enums[type.enum ?? '']?.values ?? []).map(quoteText).join(', ')})`
      default:
        return names[type.name] ?? type.name
    }
  },
  counter: (type) => `${type.name === 'serial' ? 'integer' : 'bigint'} auto_increment`,
  literal,
  now,
  identity: () => 'auto_increment',
  // InnoDB has one behaviour for both.
  restrictIsNoAction: true,
  keysHoldColumns: true,
  alterColumn({ table, before, after, definition }) {
    const [old, now] = [before.generated, after.generated]
    const isAlike = old?.source === now?.source && old?.stored === now?.stored
    if (isAlike || now === undefined)
      return [`alter table ${quote(table)} modify column ${definition}`]
    // A stored column cannot become a computed one in place.
    return [
      `alter table ${quote(table)} drop column ${quote(after.name)}, add column ${definition}`,
    ]
  },
  comment: ({ table, column, definition }, text) => [
    column === undefined
      ? `alter table ${quote(table)} comment = ${quoteText(text ?? '')}`
      : `alter table ${quote(table)} modify column ${definition ?? quote(column)}`,
  ],
  columnComment: (text) => `comment ${quoteText(text)}`,
  misfits,
  textLength: 'char_length',
  dropPrimaryKey: () => 'drop primary key',
  renameKey: ({ table, name }, to) =>
    `alter table ${quote(table)} rename index ${quote(name)} to ${quote(to)}`,
  plan: (change, { changes }) => planKey(change, changes) ?? planBackfill(change),
  note: noteOf,
  holds,
  afterRename,
  dropIndex: (table, name) => `drop index ${quote(name)} on ${quote(table)}`,
  dropUnique: (table, name) => `alter table ${quote(table)} drop index ${quote(name)}`,
  dropForeignKey: (table, name) => `alter table ${quote(table)} drop foreign key ${quote(name)}`,
  dropCheck: (table, name) => `alter table ${quote(table)} drop constraint ${quote(name)}`,
})

/** InnoDB's ways: INSTANT changes the description only, INPLACE builds beside writes, COPY locks writes out. */
function noteOf(change: SchemaChange): string | undefined {
  switch (change.kind) {
    case 'addColumn':
      return 'INSTANT: no rewrite'
    case 'createIndex':
    case 'addUnique':
      return 'INPLACE: one scan, writes go on'
    case 'alterColumn':
      return 'COPY when the type changes: writes wait while the table is rewritten'
    case 'addForeignKey':
    case 'addCheck':
      return 'COPY: writes wait while every row is looked at'
    case 'changePrimaryKey':
      return 'INPLACE with a rewrite of the table'
    case 'dropColumn':
      return 'INSTANT or INPLACE; the values are gone'
    case 'dropTable':
      return 'the rows are gone'
    default:
      return undefined
  }
}

/** A column counts only while it is a key, so a key and the column that counts in it change in one statement. */
function planKey(
  change: SchemaChange,
  changes: readonly SchemaChange[],
): readonly PlannedStatement[] | undefined {
  const isOwn = (one: SchemaChange): boolean =>
    'table' in one && 'table' in change && one.table === change.table
  const key = changes.find((one) => one.kind === 'changePrimaryKey' && isOwn(one))
  if (key?.kind !== 'changePrimaryKey') return undefined
  const counters = changes.filter((one) => isOwn(one) && countsIn(one))
  if (counters.length === 0) return undefined
  if (counters.includes(change)) return []
  if (change !== key) return undefined
  const clauses = [...counters, key].flatMap((one) =>
    emitChange(one, ddl).map((sql) => sql.replace(`alter table ${quote(key.table)} `, '')),
  )
  return [
    {
      sql: `alter table ${quote(key.table)} ${clauses.join(', ')}`,
      kind: 'notx',
      note: 'COPY: the key and the column that counts in it change together',
    },
  ]
}

function countsIn(change: SchemaChange): boolean {
  if (change.kind === 'addColumn' || change.kind === 'dropColumn') return isCounter(change.column)
  return change.kind === 'alterColumn' && (isCounter(change.before) || isCounter(change.after))
}

/** Rows of one batch of a backfill. */
const batchSize = 5000

/** A column that stops being null gets its default first; rows are changed a few at a time. */
function planBackfill(change: SchemaChange): readonly PlannedStatement[] | undefined {
  if (change.kind !== 'alterColumn') return undefined
  const { table, before, after } = change
  const given = after.default
  if (before.notNull || !after.notNull || given === undefined || after.generated !== undefined)
    return undefined
  const value =
    given.kind === 'now'
      ? now(after.type)
      : given.kind === 'value'
        ? literal(given.value, after.type)
        : `(${given.source})`
  const own = quote(after.name)
  return [
    {
      sql: `update ${quote(table)} set ${own} = ${value} where ${own} is null limit ${batchSize}`,
      kind: 'batch',
      note: `${batchSize} rows at a time until none is left`,
    },
    ...emitChange(change, ddl).map((sql): PlannedStatement => ({
      sql,
      kind: 'notx',
      note: 'COPY: writes wait while the table is rewritten',
    })),
  ]
}
