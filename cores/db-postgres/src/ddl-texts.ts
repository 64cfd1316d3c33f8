/** Names, types and values of PostgreSQL as they stand in DDL. */

import { parseIdentity, quoteText, type TypeSnapshot } from '@mizan/db'

const names: Readonly<Record<string, string>> = {
  smallint: 'smallint',
  integer: 'integer',
  bigint: 'bigint',
  real: 'real',
  double: 'double precision',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  interval: 'interval',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'jsonb',
  bytea: 'bytea',
}

/** A type as it stands in DDL. */
export function typeName({ dimensions = 0, ...type }: TypeSnapshot): string {
  if (dimensions > 0) return `${typeName(type)}${'[]'.repeat(dimensions)}`
  switch (type.name) {
    case 'varchar':
    case 'char':
      return `${type.name}(${type.length})`
    case 'numeric':
      return type.precision === undefined ? 'numeric' : `numeric(${type.precision}, ${type.scale})`
    case 'timestamp':
    case 'timestamptz':
    case 'time':
      return `${type.name}(${type.precision})`
    case 'enum':
      return relation(type.enum ?? '')
    case 'native':
      return type.sql ?? ''
    default:
      return names[type.name] ?? type.name
  }
}

/** A quoted identifier. */
export function quote(name: string): string {
  if (name.includes('\0')) throw new TypeError('a name with a NUL character cannot stand in SQL')
  return `"${name.replaceAll('"', '""')}"`
}

/** The quoted name of something that may stand in a named schema. */
export function relation(identity: string): string {
  const { schema, name } = parseIdentity(identity)
  return schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`
}

/** What belongs to a table and stands in its schema: an index, by its own name. */
export function beside(table: string, name: string): string {
  const { schema } = parseIdentity(table)
  return schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`
}

/** A value of a type as SQL. */
export function literal(value: unknown, type: TypeSnapshot): string {
  switch (type.name) {
    case 'json':
    case 'jsonb':
      return `${quoteText(JSON.stringify(value))}::${type.name}`
    case 'bytea':
      return `'\\x${String(value)}'::bytea`
    case 'boolean':
      return value === true ? 'true' : 'false'
    case 'real':
    case 'double':
      return Number.isFinite(value) ? String(value) : quoteText(String(value))
    default:
      return typeof value === 'number' ? String(value) : quoteText(String(value))
  }
}

/** The time of the insert. */
export function now(type: Pick<TypeSnapshot, 'name' | 'precision'>): string {
  if (type.name === 'date') return 'current_date'
  if (type.name === 'time') return `localtime(${type.precision})`
  return type.name === 'timestamp' ? `localtimestamp(${type.precision})` : 'now()'
}

/** How an identity column says so. */
export function identityClause(kind: 'always' | 'by default'): string {
  return `generated ${kind} as identity`
}

/** What PostgreSQL calls the primary key of a table: cut off so that the whole has 63 bytes. */
export function primaryKeyName(identity: string): string {
  const table = parseIdentity(identity).name
  const bytes = new TextEncoder().encode(table)
  // A letter that is cut in two is left out.
  const start = new TextDecoder().decode(bytes.subarray(0, 58)).replace(/\ufffd+$/, '')
  return `${bytes.length > 58 ? start : table}_pkey`
}
