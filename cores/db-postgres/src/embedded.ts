/** A PostgreSQL server for development and tests, from the binaries that npm installs. */

import { closeSync, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { serverAccount } from './embedded/account.ts'
import { resolveBinaries } from './embedded/binaries.ts'
import { createCluster } from './embedded/cluster.ts'
import { prepareHome } from './embedded/home.ts'
import type { EmbeddedOptions } from './embedded/options.ts'
import { dropLease, hasOtherUsers, takeLease } from './embedded/lease.ts'
import { endServer, readServer, waitForEnd } from './embedded/postmaster.ts'
import { launchServer } from './embedded/launch.ts'
import { withStartLock } from './embedded/start-lock.ts'

export type { EmbeddedLogger, EmbeddedOptions } from './embedded/options.ts'

/** A running server. Disposing is the same as {@link EmbeddedServer.stop}. */
export interface EmbeddedServer extends AsyncDisposable {
  /** A connection string for `pg`, over the server's Unix socket. */
  readonly url: string
  /** Where the cluster really is; another folder when the server's account cannot enter the one asked for. */
  readonly dataDirectory: string
  /** True when another process had started the server and this one only joined it. */
  readonly attached: boolean
  /** Gives up this use; the server ends with its last user. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on `dataDirectory`, or joins the server that already runs there.
 *
 * The server listens on a Unix socket that only its own account can enter, never on a network interface. It ends when its
 * last user stops, exits or is killed. Run as root it becomes `nobody`, since PostgreSQL refuses to run as root.
 *
 * @throws Error when the platform has no binaries, when the account is missing, or when the server does not come up; the
 *   message holds the end of the server's log.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const logger = options.logger ?? { info: () => undefined }
  const account = serverAccount()
  const binaries = resolveBinaries(account, logger)
  const home = prepareHome(resolve(options.dataDirectory), account, logger)

  const { lease, attached } = await withStartLock(home, async () => {
    const running = readServer(home, binaries.postgres)
    if (running !== undefined) {
      const joined = takeLease(home)
      if (joined !== undefined) return { lease: joined, attached: true }
      logger.info(`PostgreSQL (process ${running}) was left over without an owner; ending it`)
      await endServer(home, running)
    }
    if (!existsSync(`${home.data}/PG_VERSION`)) {
      logger.info(`Creating a PostgreSQL cluster in ${home.directory}`)
      await createCluster(home, binaries, account)
    }
    const launched = await launchServer({ home, binaries, account, options })
    return { lease: launched, attached: false }
  })

  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    // Under the lock: nobody may join a server that its last user is about to end.
    stopping ??= withStartLock(home, async () => {
      // Asked before it learns that it is to end: it takes its postmaster.pid away while it still runs.
      const ending = hasOtherUsers(home, lease) ? undefined : readServer(home, binaries.postgres)
      closeSync(lease.descriptor)
      dropLease(lease)
      if (ending !== undefined) await waitForEnd(home, ending)
    })
    return stopping
  }
  return {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(home.socket)}`,
    dataDirectory: home.directory,
    attached,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
