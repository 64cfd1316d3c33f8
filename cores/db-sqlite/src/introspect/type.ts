/** Declared types of SQLite as ours: those that our own DDL writes, others as they stand. */

import type { TypeSnapshot } from '@mizan/db'

/** `varchar(80)` → varchar of 80; `NVARCHAR(3)` stays what it is. */
export function toType(declared: string): TypeSnapshot {
  const sized = /^(varchar|char)\s*\((\d+)\)$/i.exec(declared)
  if (sized !== null) {
    const name = sized[1]?.toLowerCase() === 'char' ? 'char' : 'varchar'
    return { name, length: Number(sized[2]) }
  }
  switch (declared) {
    case 'integer':
    case 'INTEGER':
      return { name: 'bigint' }
    case 'text':
    case 'TEXT':
      return { name: 'text' }
    case 'real':
    case 'REAL':
      return { name: 'double' }
    case 'numeric':
    case 'NUMERIC':
      return { name: 'numeric' }
    case 'blob':
    case 'BLOB':
      return { name: 'bytea' }
    default:
      return { name: 'native', sql: declared }
  }
}
