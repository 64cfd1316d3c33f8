/** Rows as they arrive → objects, by the description of their columns. */

import type { FieldDef } from 'pg'
import { parserOf } from '../type-parsers.ts'

/** The columns of one row as text, in their order. */
export type TextRow = readonly (string | null)[]

/** Makes objects of rows. */
export type RowReader = (values: TextRow) => Record<string, unknown>

/** The reader of a description; the columns in `texts` stay text. */
export function rowReader(
  fields: readonly Pick<FieldDef, 'name' | 'dataTypeID'>[],
  texts: ReadonlySet<string> | undefined,
): RowReader {
  const names = fields.map(({ name }) => name)
  const parsers = fields.map(({ name, dataTypeID }) =>
    texts?.has(name) === true ? undefined : parserOf(dataTypeID),
  )
  return (values) => {
    const row: Record<string, unknown> = {}
    for (let at = 0; at < names.length; at += 1) {
      const value = values[at] ?? null
      const parse = parsers[at]
      row[names[at] as string] = parse === undefined || value === null ? value : parse(value) // cast: within the list
    }
    return row
  }
}
