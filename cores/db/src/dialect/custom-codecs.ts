/** The codecs of a dialect, with those of custom types around them. */

import type { ColumnTypeFacts } from '../schema/column-type.ts'
import type { Schema } from '../schema/schema.ts'
import { type Codec, type Codecs, keep } from './codec.ts'
import type { DialectPackage } from './dialect-package.ts'

/** Adds custom types; each column's codec is made once. */
export function withCustomTypes(codecs: Codecs): Codecs {
  const known = new WeakMap<ColumnTypeFacts, Codec>()
  return (type) => {
    let codec = known.get(type)
    if (codec === undefined) {
      codec = type.custom === undefined ? codecs(type) : customCodec(codecs(type), type.custom)
      known.set(type, codec)
    }
    return codec
  }
}

function customCodec(base: Codec, custom: NonNullable<ColumnTypeFacts['custom']>): Codec {
  // cast: the column's type says what its values are
  const { toDriver, fromDriver } = custom as Record<
    'toDriver' | 'fromDriver',
    (value: unknown) => unknown
  >
  const decodeNested = base.decodeNested?.bind(base) ?? base.decode.bind(base)
  return {
    encode: (value) => base.encode(toDriver(value)),
    decode: (raw) => fromDriver(base.decode === keep ? raw : base.decode(raw)),
    decodeNested: (raw) => fromDriver(decodeNested(raw)),
    compared: (raw) => base.compared?.(raw) ?? base.encode(decodeNested(raw)),
    ...(base.nest === undefined ? {} : { nest: base.nest.bind(base) }),
    ...(base.readsText === undefined ? {} : { readsText: base.readsText }),
  }
}

/** @throws TypeError for a column of a type that the dialect does not have. */
export function assertTypes(schema: Schema, dialect: DialectPackage): void {
  for (const table of schema.tables.values()) {
    for (const { key, facts } of table.columns.values()) {
      const { type } = facts
      if (type.dialect === undefined || type.dialect === dialect.name) continue
      const what =
        type.dimensions === undefined ? (type.sql ?? type.name) : `a list of ${type.name}`
      const way = type.dimensions === undefined ? '' : '; store it as json()'
      throw new TypeError(
        `${table.name}.${key} is ${what}, which ${type.dialect} has and ${dialect.name} has not${way}`,
      )
    }
  }
}
