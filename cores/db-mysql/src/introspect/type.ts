/** Column types and defaults of `information_schema` as ours. */

import type { TypeSnapshot } from '@mizan/db'

/** A type, and the values of an enum. */
export interface ReadType {
  readonly snapshot: TypeSnapshot
  readonly values?: readonly string[]
}

interface Row {
  readonly [name: string]: unknown
}

const plain: Readonly<Record<string, TypeSnapshot['name']>> = {
  'tinyint(1)': 'boolean',
  smallint: 'smallint',
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  longtext: 'text',
  longblob: 'bytea',
  date: 'date',
  json: 'json',
}

/** Those that our DDL writes; everything else as the server writes it, with its own collation. */
export function toType(row: Row, isJson: boolean): ReadType {
  const full = String(row['column_type']).toLowerCase()
  const text = full.replace(/^(smallint|int|bigint)\(\d+\)/, '$1')
  const collation = row['collation_name']
  if (text === 'char(36)' && collation === 'ascii_bin') return { snapshot: { name: 'uuid' } }
  if (isJson) return { snapshot: { name: 'json' } }
  const set = row['character_set_name']
  if (collation !== null && collation !== undefined && collation !== 'utf8mb4_bin') {
    const sql = `${String(row['column_type'])} character set ${String(set)} collate ${String(collation)}`
    return { snapshot: { name: 'native', sql } }
  }
  const known = plain[text]
  if (known !== undefined) return { snapshot: { name: known } }
  const sized = /^(varchar|char|datetime|time|decimal)(?:\((\d+)(?:,(\d+))?\))?$/.exec(text)
  if (sized !== null) return { snapshot: sizedType(sized) }
  if (text.startsWith('enum(')) {
    return {
      snapshot: {
        name: 'enum',
        enum: `${String(row['table_name'])}_${String(row['column_name'])}`,
      },
      values: valuesOf(String(row['column_type'])),
    }
  }
  return { snapshot: { name: 'native', sql: String(row['column_type']) } }
}

function sizedType([, name, first, second]: RegExpExecArray): TypeSnapshot {
  switch (name) {
    case 'datetime':
      return { name: 'timestamp', precision: Number(first ?? 0) }
    case 'time':
      return { name: 'time', precision: Number(first ?? 0) }
    case 'decimal':
      return { name: 'numeric', precision: Number(first ?? 10), scale: Number(second ?? 0) }
    default:
      return { name: name === 'char' ? 'char' : 'varchar', length: Number(first) }
  }
}

function valuesOf(type: string): readonly string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map((match) =>
    (match[1] ?? '').replaceAll("''", "'"),
  )
}

/** A default as SQL; undefined where there is none. */
export function defaultOf(row: Row, engine: string): string | undefined {
  const given = row['column_default']
  if (given === null || given === undefined) return undefined
  const text = String(given)
  if (engine.startsWith('mariadb')) return text === 'NULL' ? undefined : text
  const isExpression = /DEFAULT_GENERATED|on update/i.test(String(row['extra']))
  const isText =
    row['character_set_name'] !== null || /^(date|time|enum|set)/.test(String(row['data_type']))
  return isExpression || !isText ? text : `'${text.replaceAll("'", "''")}'`
}
