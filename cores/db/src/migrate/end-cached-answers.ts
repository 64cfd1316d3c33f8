/** Answers that were cached before a migration end with it: servers find a purge of everything in their outbox. */

import { randomUUID } from 'node:crypto'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { UnknownNameError } from '../errors.ts'
import { outboxInsert, tagsOfEverything } from '../plugin/outbox-row.ts'
import { onConnection } from './bookkeeping.ts'

/** Writes the purge on the connection that migrates: inside a transaction it is stored with what was changed. */
export type EndCachedAnswers = () => Promise<void>

/**
 * Looks, outside of any transaction, whether servers of this database have an outbox; without one nothing is written.
 *
 * @throws QueryError where the login may not write into it, before anything has run
 */
export async function createEndCachedAnswers(
  run: RunSql,
  dialect: DialectPackage,
): Promise<EndCachedAnswers> {
  if (!(await mayWrite(run))) return () => Promise.resolve()
  const insert = outboxInsert(dialect)
  // As of long ago: nobody else is about to carry it out, so the next look of any server does.
  return async () => void (await run(insert, [randomUUID(), 0, JSON.stringify(tagsOfEverything)]))
}

/** Ends what was cached of a database that was changed without anybody's knowledge: by seeds, or by hand. */
export function endCachedAnswers(dialect: DialectPackage): Promise<void> {
  return onConnection(dialect, async ({ run }) => (await createEndCachedAnswers(run, dialect))())
}

async function mayWrite(run: RunSql): Promise<boolean> {
  try {
    await run(
      'insert into mizan_outbox (id, at, tags) select id, at, tags from mizan_outbox where 1 = 0',
    )
    return true
  } catch (error) {
    if (error instanceof UnknownNameError) return false
    throw error
  }
}
