/** Rows of a cursor that has a name: the connection is free between the chunks, and the transaction goes on. */

import { textColumnsOf } from '@mizan/db'
import type { CompiledQuery, QueryResult } from 'kysely'
import type { ClientBase, QueryArrayResult } from 'pg'
import { rowReader, type TextRow } from './row-reader.ts'

const asText = { getTypeParser: () => (text: string) => text }

/** Names of cursors are those of a connection; counting for all of them is enough. */
let opened = 0

/** Reads a statement inside of a transaction, which a cursor of this kind does not outlive. */
export async function* fetchRows<R>(
  client: ClientBase,
  query: CompiledQuery,
  chunkSize: number,
): AsyncIterableIterator<QueryResult<R>> {
  const name = `mizan_cursor_${++opened}`
  const texts = textColumnsOf(query)
  const fetch = `fetch ${Math.max(1, Math.trunc(chunkSize))} from ${name}`
  await client.query(`declare ${name} no scroll cursor for ${query.sql}`, [...query.parameters])
  try {
    for (;;) {
      const { rows, fields } = (await client.query({
        text: fetch,
        rowMode: 'array',
        types: asText as never, // cast: the types of pg know no parser without its registry
      })) as unknown as QueryArrayResult<(string | null)[]> // cast: rowMode
      if (rows.length === 0) return
      const read = rowReader(fields, texts)
      yield { rows: rows.map((row: TextRow) => read(row)) as R[] } // cast: the row type is the query builder's
    }
  } finally {
    // Where the transaction is dead, so is its cursor.
    await client.query(`close ${name}`).catch(() => undefined)
  }
}
