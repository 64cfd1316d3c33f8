/** Every look of the studio is a connection of its own, in a transaction that writes nothing and is rolled back. */

import type { DialectPackage, RunSql } from '@mizan/db'
import { onConnection } from '@mizan/db/migrate'
import type { StudioEngine } from './engine.ts'

/**
 * Runs `work` where nothing can be written; nothing of it stays.
 *
 * @throws what `work` throws, and DbError of the connection
 */
export async function readOnly<T>(
  { dialect, engine }: { readonly dialect: DialectPackage; readonly engine: StudioEngine },
  work: (run: RunSql) => Promise<T>,
): Promise<T> {
  const outcome = await onConnection(dialect, async ({ run }) => {
    for (const sql of engine.begin) await run(sql)
    // A connection takes what is thrown in it for an error of the database.
    const ended = await work(run).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    await run('rollback').catch(() => undefined)
    return ended
  })
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
