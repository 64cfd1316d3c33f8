/** SQLite's DDL. */

import { type DdlFacts, quoteText, type TypeSnapshot } from '@mizan/db'
import { afterRename, holds } from './dependents.ts'
import { quote } from './quote.ts'
import { rebuild } from './rebuild.ts'

const names: Readonly<Record<string, string>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'numeric',
  real: 'real',
  double: 'real',
  boolean: 'integer',
  bytea: 'blob',
}

function literal(value: unknown, type: TypeSnapshot): string {
  switch (type.name) {
    case 'boolean':
      return value === true ? '1' : '0'
    case 'json':
    case 'jsonb':
      return quoteText(JSON.stringify(value))
    case 'bytea':
      return `x'${String(value)}'`
    case 'bigint':
    case 'numeric':
      return String(value)
    case 'real':
    case 'double':
      return Number.isFinite(value) ? String(value) : `${Number(value) < 0 ? '-' : ''}9e999`
    default:
      return typeof value === 'number' ? String(value) : quoteText(String(value))
  }
}

function now(type: Pick<TypeSnapshot, 'name' | 'precision'>): string {
  if (type.name === 'date') return `(strftime('%Y-%m-%d', 'now'))`
  return type.name === 'time'
    ? `(strftime('%H:%M:%f', 'now'))`
    : `(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`
}

/** The facts of SQLite's DDL. */
export const ddl: DdlFacts = Object.freeze<DdlFacts>({
  alterConstraints: false,
  transactional: true,
  enumTypes: false,
  counterIsKey: true,
  uniqueIndexes: true,
  uniqueIsIndex: true,
  tableOptions: '',
  quote,
  relation: quote,
  type: (type) =>
    type.sql ??
    (type.name === 'varchar' || type.name === 'char'
      ? `${type.name}(${type.length})`
      : (names[type.name] ?? 'text')),
  // AUTOINCREMENT: the id of a deleted row is never given again.
  counter: () => 'integer primary key autoincrement',
  literal,
  now,
  enumCheck(column, enums) {
    const values = column.type.enum === undefined ? undefined : enums[column.type.enum]?.values
    return values && `check (${quote(column.name)} in (${values.map(quoteText).join(', ')}))`
  },
  identity: () => {
    throw new TypeError('SQLite counts in serial() and bigSerial() columns only')
  },
  restrictIsNoAction: false,
  rebuild,
  holds,
  afterRename,
  note: (change) =>
    change.kind === 'rebuildTable'
      ? 'the whole table is copied; writes wait. Foreign keys are checked when it is done'
      : undefined,
  dropIndex: (_table, name) => `drop index ${quote(name)}`,
  dropUnique: (_table, name) => `drop index ${quote(name)}`,
  dropForeignKey: refuse,
  dropCheck: refuse,
})

function refuse(table: string, name: string): never {
  throw new TypeError(
    `SQLite cannot take "${name}" from the table "${table}"; rebuild the table in a migration by hand`,
  )
}
