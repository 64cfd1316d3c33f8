/** Rows as the driver gave them → rows as the schema promises them. */

import type { CompiledQuery } from 'kysely'
import { type Codec, keep } from '../dialect/codec.ts'
import { setTextColumns } from '../dialect/sharing-driver.ts'
import type { Output } from '../query/source.ts'

/** What there is to do for each row of a result; made once for a statement. */
interface Reading {
  readonly decoded: readonly { readonly name: string; readonly codec: Codec }[]
  /** Columns whose codec wants the database's own text. */
  readonly texts: ReadonlySet<string> | undefined
}

const nothing: Reading = { decoded: [], texts: undefined }
const known = new WeakMap<NonNullable<Output>, Reading>()

function readingOf(output: Output): Reading {
  if (output === undefined) return nothing
  let reading = known.get(output)
  if (reading === undefined) {
    const decoded = output.flatMap(({ name, codec }) =>
      codec === undefined || codec.decode === keep ? [] : [{ name, codec }],
    )
    const texts = output.flatMap(({ name, codec }) => (codec?.readsText === true ? [name] : []))
    reading = { decoded, texts: texts.length === 0 ? undefined : new Set(texts) }
    known.set(output, reading)
  }
  return reading
}

/** Columns whose codec wants the database's own text stay text. */
export function withTexts(query: CompiledQuery, output: Output): CompiledQuery {
  const { texts } = readingOf(output)
  return texts === undefined ? query : setTextColumns(query, texts)
}

/** Whether rows of such a result are not yet what the schema promises. */
export function isDecoded(output: Output): boolean {
  return readingOf(output).decoded.length > 0
}

/** The rows are the statement's own, so they are changed in place. */
export function decodeRows(rows: readonly unknown[], output: Output): unknown[] {
  const { decoded } = readingOf(output)
  if (decoded.length === 0) return rows as unknown[] // cast: nobody else has them
  for (const row of rows) {
    const record = row as Record<string, unknown> // cast: rows are objects by column name
    for (const { name, codec } of decoded) {
      const raw = record[name]
      if ((raw !== null && raw !== undefined) || codec.decodesNull === true)
        record[name] = codec.decode(raw)
    }
  }
  return rows as unknown[] // cast: as above
}
