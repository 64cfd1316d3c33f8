/** JSON of nested rows → rows: positions become keys, every value passes its column's codec. */

import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'
import type { Level, RelatedLevel } from './level.ts'

type Decode = (raw: unknown) => unknown

/** The codec of a relation's value, or of a count. */
export function rowDecoder(related: RelatedLevel, dialect: DialectPackage): Codec {
  const decode = decoderOf(related, dialect)
  return { encode: (value) => value, decode, decodesNull: true }
}

function decoderOf(related: RelatedLevel, dialect: DialectPackage): Decode {
  const { kind, strategy, level } = related
  if (kind === 'count') return (raw) => Number(raw ?? 0)
  const row = rowOf(level, dialect)
  const isArray = kind === 'many' || strategy === 'grouped' || strategy === 'windowed'
  if (!isArray) {
    return (raw) => {
      const value = parse(raw ?? null)
      return value === null ? null : row(value)
    }
  }
  // Where the limit stands in the aggregate, the number beside it knows nothing of it.
  const isCutInside =
    dialect.json.nestedLimit === 'aggregate' &&
    (strategy === 'correlated' || strategy === 'lateral')
  const { offset = 0, limit = Infinity } = isCutInside ? level : {}
  const all: (raw: unknown) => unknown[] = (raw) => {
    const value = parse(raw ?? null)
    if (value === null) return []
    const [count, list] = asArray(value)
    const rows = parse(list ?? null)
    const expected = Math.min(Math.max(Number(count) - offset, 0), limit)
    const found = rows === null ? [] : asArray(rows)
    if (found.length !== expected) {
      throw new DbError(
        'nested_rows',
        `the database cut ${expected} nested rows of "${level.table.name}" to ${found.length}; it limits the length of ` +
          'aggregated text (group_concat_max_len, max_allowed_packet)',
      )
    }
    return found.map(row)
  }
  return kind === 'many' ? all : (raw) => all(raw)[0] ?? null
}

function rowOf(level: Level, dialect: DialectPackage): Decode {
  const fields = level.fields.map(({ name, type }) => {
    const codec = type && dialect.codecs(type)
    return {
      name,
      decode: codec === undefined ? undefined : (codec.decodeNested ?? codec.decode).bind(codec),
    }
  })
  const relations = level.relations.map((one) => ({
    name: one.name,
    decode: decoderOf(one, dialect),
  }))
  const counts = level.counts.map((one) => ({ name: one.name, decode: decoderOf(one, dialect) }))
  const total = fields.length + relations.length + counts.length
  const isChunked = total > dialect.json.maximumArguments
  return (raw) => {
    const array = asArray(parse(raw))
    const flat = isChunked ? array.flatMap((chunk) => asArray(parse(chunk))) : array
    if (flat.length !== total) {
      throw new DbError(
        'nested_rows',
        `a nested row of "${level.table.name}" has ${flat.length} values instead of ${total}`,
      )
    }
    const row: Record<string, unknown> = {}
    let at = 0
    for (const { name, decode } of fields) {
      const value = flat[at++] ?? null
      row[name] = value === null || decode === undefined ? value : decode(value)
    }
    for (const { name, decode } of relations) row[name] = decode(flat[at++])
    if (counts.length > 0) {
      const own: Record<string, unknown> = {}
      for (const { name, decode } of counts) own[name] = decode(flat[at++])
      row['_count'] = own
    }
    return row
  }
}

/** Some databases forget on the way that a text is JSON. */
function parse(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw
  try {
    return JSON.parse(raw)
  } catch (error) {
    throw new DbError('nested_rows', 'nested rows arrived cut short, as text that is not JSON', {
      cause: error,
    })
  }
}

function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new DbError('nested_rows', `nested rows arrived as ${typeof value} instead of a list`)
}
