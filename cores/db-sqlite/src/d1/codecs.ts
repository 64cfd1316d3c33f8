/** The codecs of SQLite, narrowed to what travels to D1 and back as JSON. */

import { type Codec, type Codecs, ValueError } from '@mizan/db'
import { codecs as sqliteCodecs, encodeValue as encodeSqliteValue } from '../codecs.ts'

const bigintCodec: Codec = {
  encode: exactInteger,
  decode: (raw) => BigInt(exactInteger(raw) as number), // cast: what it leaves is a number
  nest: sqliteCodecs({ name: 'bigint' }).nest?.bind(undefined) as NonNullable<Codec['nest']>, // cast: SQLite's codec has it
  decodeNested: (raw) => BigInt(String(raw)),
}

/** The codec of a type. */
export const codecs: Codecs = (type) => {
  const codec = sqliteCodecs(type)
  switch (type.name) {
    case 'bigserial':
    case 'bigint':
      return bigintCodec
    case 'real':
    case 'double':
      return { ...codec, encode: (value) => finite(codec.encode(value)) }
    case 'bytea':
      return {
        ...codec,
        decode: (raw) =>
          Array.isArray(raw) ? Uint8Array.from(raw as number[]) : codec.decode(raw), // cast: bytes arrive as numbers
      }
    default:
      return codec
  }
}

/** A parameter whose column is unknown. */
export function encodeValue(value: unknown): unknown {
  return typeof value === 'number' ? finite(value) : exactInteger(encodeSqliteValue(value))
}

/** D1 takes no `bigint`, and numbers on the way are doubles. */
function exactInteger(value: unknown): unknown {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new ValueError(
    'D1 sends whole numbers as doubles, so those beyond 2^53 would be others on the other side; store them as text()',
  )
}

function finite(value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  throw new ValueError('D1 takes no infinity: it would be stored as null')
}
