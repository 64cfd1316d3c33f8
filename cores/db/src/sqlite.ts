/** Column types that only SQLite has, or stores in a way of its own. */

import type { ColumnBuilder, ColumnOptions } from './schema/column-builder.ts'
import { bytea } from './schema/columns.ts'
import { alias, nativeType } from './schema/custom-type.ts'

const dialect = 'sqlite'

/** Bytes: `Uint8Array`. */
export const blob: (options?: ColumnOptions) => ColumnBuilder<Uint8Array> = alias(bytea(), {
  sql: 'blob',
  dialect,
})

/** A moment as whole milliseconds since 1970: `Date`. */
export const unixMilliseconds: (options?: ColumnOptions) => ColumnBuilder<Date> = nativeType<
  Date,
  number
>(
  { sql: 'integer', dialect },
  { toDriver: (value) => value.getTime(), fromDriver: (stored) => new Date(Number(stored)) },
)

/** A moment as whole seconds since 1970: `Date`. */
export const unixSeconds: (options?: ColumnOptions) => ColumnBuilder<Date> = nativeType<
  Date,
  number
>(
  { sql: 'integer', dialect },
  {
    toDriver: (value) => Math.floor(value.getTime() / 1000),
    fromDriver: (stored) => new Date(Number(stored) * 1000),
  },
)
