/** JSON of nested rows → rows: positions become keys, every value passes its column's codec. */

import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'
import type { Level, RelatedLevel } from './plan.ts'

/** The codec of a relation's value. */
export function rowDecoder(related: RelatedLevel, dialect: DialectPackage): Codec {
  return { encode: (value) => value, decode: (raw) => decodeRelated(raw, related, dialect) }
}

function decodeRelated(raw: unknown, related: RelatedLevel, dialect: DialectPackage): unknown {
  const parsed = parse(raw)
  if (related.kind === 'one')
    return parsed === null ? null : decodeRow(parsed, related.level, dialect)
  return asArray(parsed ?? []).map((row) => decodeRow(parse(row), related.level, dialect))
}

function decodeRow(raw: unknown, level: Level, dialect: DialectPackage): Record<string, unknown> {
  const total = level.columns.length + level.relations.length
  const flat =
    total > dialect.json.maximumArguments
      ? asArray(raw).flatMap((chunk) => asArray(parse(chunk)))
      : asArray(raw)
  if (flat.length !== total) {
    throw new DbError(
      'nested_rows',
      `a nested row of "${level.table.name}" has ${flat.length} values instead of ${total}`,
    )
  }
  const row: Record<string, unknown> = {}
  for (const [index, column] of level.columns.entries()) {
    const value = flat[index] ?? null
    const codec = dialect.codecs(column.facts.type)
    row[column.key] = value === null ? null : (codec.decodeNested ?? codec.decode)(value)
  }
  for (const [index, related] of level.relations.entries()) {
    row[related.name] = decodeRelated(flat[level.columns.length + index] ?? null, related, dialect)
  }
  return row
}

/** Some databases forget on the way that a text is JSON. */
function parse(raw: unknown): unknown {
  return typeof raw === 'string' ? JSON.parse(raw) : raw
}

function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new DbError('nested_rows', `nested rows arrived as ${typeof value} instead of a list`)
}
