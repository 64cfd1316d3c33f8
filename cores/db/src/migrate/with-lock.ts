/** Only one connection migrates a database at a time. */

import { setTimeout as delay } from 'node:timers/promises'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationLockError } from '../errors.ts'
import { onConnection } from './bookkeeping.ts'
import type { MigrationConnection } from './run-step.ts'

/** How long to wait for another migration, and how often to look, in milliseconds. */
const defaultPatience = 60_000
const pause = 100

/**
 * Runs `work` on a connection that holds the migration lock. The lock belongs to the connection: it ends with it.
 *
 * @throws MigrationLockError when another connection holds it for longer than `patience`.
 */
export function withLock<T>(
  dialect: DialectPackage,
  work: (connection: MigrationConnection) => Promise<T>,
  patience: number = defaultPatience,
): Promise<T> {
  return onConnection(dialect, async (connection) => {
    const { run } = connection
    const limit = performance.now() + patience
    while (!(await dialect.migrations.lock(run))) {
      if (performance.now() >= limit) {
        throw new MigrationLockError(
          `Another process is migrating this database and has not ended within ${Math.round(patience / 1000)} s` +
            `${await holderOf(connection)}. To end it: mizan db migrate unlock`,
        )
      }
      await delay(pause)
    }
    try {
      return await work(connection)
    } finally {
      // A connection that was lost has given its lock back already.
      await dialect.migrations.unlock(run).catch(() => undefined)
    }
  })
}

async function holderOf({ run, dialect }: MigrationConnection): Promise<string> {
  const holder = await dialect.migrations.lockHolder?.(run).catch(() => undefined)
  return holder === undefined ? '' : ` (${holder})`
}
