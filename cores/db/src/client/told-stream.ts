/** The layers around a stream of rows: they see it before its first row, and how it ended after the last. */

import { intercept } from '@mizan/protocol'
import type { QueryResult } from 'kysely'
import type { Statement, StatementLayer } from './statement.ts'

/** Who gives up early has ended it well: what was read by then is its result. */
export async function* toldStream(
  layers: readonly StatementLayer[],
  statement: Statement,
  read: () => AsyncIterable<QueryResult<unknown>>,
): AsyncIterableIterator<QueryResult<unknown>> {
  let begin: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  let succeed: (result: QueryResult<unknown>) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const ended = new Promise<QueryResult<unknown>>((resolve, reject) => {
    succeed = resolve
    fail = reject
  })
  const told = intercept(layers, statement, () => {
    begin()
    return ended
  })
  let seen = 0
  try {
    // A layer may refuse it.
    await Promise.race([begun, told])
    for await (const part of read()) {
      seen += part.rows.length
      yield part
    }
  } catch (error) {
    fail(error)
    await told
    throw error
  } finally {
    succeed({ rows: [], numAffectedRows: BigInt(seen) })
    await told
  }
}
