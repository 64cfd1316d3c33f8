/** How values of one column type cross the border between JavaScript and a driver. */

import type { Expression } from 'kysely'
import type { ColumnTypeFacts } from '../schema/column-type.ts'

/** The codec of one column type in one dialect. It never sees null, unless it says so: SQL NULL is `null` everywhere. */
export interface Codec {
  /**
   * A value as the driver takes it.
   *
   * @throws ValueError for what the column cannot hold unchanged.
   */
  encode(value: unknown): unknown
  /** What the driver gave, as the column's value. */
  decode(raw: unknown): unknown
  /** The expression by which the value stands inside nested JSON without loss. @default the column itself */
  nest?(reference: Expression<unknown>): Expression<unknown>
  /** A member of nested JSON, as the column's value. @default {@link Codec.decode} */
  decodeNested?(raw: unknown): unknown
  /**
   * A member of nested JSON as a parameter, with all its digits: cursors are compared by it.
   *
   * @default what {@link Codec.encode} makes of the column's value
   */
  compared?(raw: unknown): unknown
  /** {@link Codec.decode} wants the database's own text, where the driver would make something less of it. */
  readonly readsText?: true
  /** It makes something of SQL NULL: no nested rows are an empty list. */
  readonly decodesNull?: true
}

/** The codecs of a dialect. */
export type Codecs = (type: ColumnTypeFacts) => Codec

/** Leaves a value as it is. A codec that decodes by this costs nothing. */
export function keep(value: unknown): unknown {
  return value
}

/** For types whose values a driver takes and gives as they are. */
export const plainCodec: Codec = Object.freeze({ encode: keep, decode: keep })

/** A count of rows: a `number` whatever the driver makes of 64 bits. */
export const countCodec: Codec = Object.freeze({
  encode: (value: unknown) => value,
  decode: (raw: unknown) => Number(raw),
})
