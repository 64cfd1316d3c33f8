/** A column of the catalog as one of a snapshot. */

import type { ColumnSnapshot, TypeSnapshot } from '@mizan/db'
import type { ColumnRow } from './rows.ts'

const plain: Readonly<Record<string, TypeSnapshot['name']>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  text: 'text',
  float4: 'real',
  float8: 'double',
  date: 'date',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'jsonb',
  bytea: 'bytea',
}

const times: Readonly<Record<string, TypeSnapshot['name']>> = {
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  time: 'time',
}

/** @param engine `postgres 18`, for expressions */
export function toColumn(row: ColumnRow, engine: string): ColumnSnapshot {
  const given = row.default ?? undefined
  const type = toType(row)
  const counts = row.identity === 'd' && (type.name === 'integer' || type.name === 'bigint')
  return {
    name: row.name,
    type: counts ? { name: type.name === 'integer' ? 'serial' : 'bigserial' } : type,
    notNull: row.notNull,
    ...(given === undefined || row.generated !== ''
      ? {}
      : { default: { kind: 'expression', source: given, deparsed: given, engine } }),
    ...(given === undefined || row.generated === ''
      ? {}
      : { generated: { source: given, deparsed: given, engine, stored: row.generated === 's' } }),
    ...(row.identity === '' || counts
      ? {}
      : { identity: row.identity === 'a' ? 'always' : 'by default' }),
    ...(row.comment === null ? {} : { comment: row.comment }),
  }
}

function toType(row: ColumnRow): TypeSnapshot {
  if (row.collation !== null) return { name: 'native', sql: `${row.sql} collate ${row.collation}` }
  if (row.kind === 'e' && row.own) return { name: 'enum', enum: row.type }
  const { modifier } = row
  const native: TypeSnapshot = { name: 'native', sql: row.sql }
  if (row.kind !== 'b') return native
  const known = plain[row.type]
  if (known !== undefined) return { name: known }
  const time = times[row.type]
  // Without a precision there are six digits.
  if (time !== undefined) return { name: time, precision: modifier === -1 ? 6 : modifier }
  switch (row.type) {
    case 'varchar':
      return modifier === -1 ? native : { name: 'varchar', length: modifier - 4 }
    case 'bpchar':
      return modifier === -1 ? native : { name: 'char', length: modifier - 4 }
    case 'interval':
      return modifier === -1 ? { name: 'interval' } : native
    case 'numeric': {
      if (modifier === -1) return { name: 'numeric' }
      const [precision, scale] = [((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff]
      return precision > 65 || scale > 30 || scale > precision
        ? native
        : { name: 'numeric', precision, scale }
    }
    default:
      return native
  }
}
