/** Only one connection migrates a database at a time. */

import { setTimeout as delay } from 'node:timers/promises'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError, MigrationLockError } from '../migration-errors.ts'
import { onConnection } from './bookkeeping.ts'
import type { MigrationConnection } from './migration-connection.ts'

/** How long to wait for another migration, and how often to look, in milliseconds. */
const defaultPatience = 60_000
const pause = 100

/** How long somebody waits, and who is told. */
export interface LockOptions {
  /** Milliseconds. @default 60_000 */
  readonly patience?: number | undefined
  /** Told once, when there is something to wait for. */
  readonly onWait?: ((holder: string | undefined) => void) | undefined
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs `work` on a connection that holds the migration lock. The lock belongs to the connection: it ends with it.
 *
 * @throws MigrationLockError when another connection holds it for longer than `patience`; MigrationError `migration_stopped`.
 */
export function withLock<T>(
  dialect: DialectPackage,
  work: (connection: MigrationConnection) => Promise<T>,
  { patience = defaultPatience, onWait, signal }: LockOptions = {},
): Promise<T> {
  return onConnection(dialect, async (connection) => {
    const { run } = connection
    const limit = performance.now() + patience
    let hasTold = false
    while (!(await dialect.migrations.lock(run))) {
      if (signal?.aborted === true)
        throw new MigrationError('migration_stopped', 'stopped while another process migrates')
      if (performance.now() >= limit) {
        throw new MigrationLockError(
          `Another process is migrating this database and has not ended within ${Math.round(patience / 1000)} s` +
            `${wordsFor(await holderOf(connection))}. ${wayOutOf(dialect)}`,
        )
      }
      if (!hasTold) onWait?.(await holderOf(connection))
      hasTold = true
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

function holderOf({ run, dialect }: MigrationConnection): Promise<string | undefined> {
  return dialect.migrations.lockHolder?.(run).catch(() => undefined) ?? Promise.resolve(undefined)
}

/** Where no session can be ended by another one, somebody else's has to end by itself. */
function wayOutOf({ migrations }: DialectPackage): string {
  return migrations.breakLock === undefined
    ? 'Try again when it has ended'
    : 'To end it: mizan db migrate unlock'
}

function wordsFor(holder: string | undefined): string {
  return holder === undefined ? '' : ` (${holder})`
}
