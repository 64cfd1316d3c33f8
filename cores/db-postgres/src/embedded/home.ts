/** The folder of one cluster: its data, socket, log and the files by which processes find each other. */

import { createHash } from 'node:crypto'
import { chownSync, chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { EmbeddedLogger } from './options.ts'
import type { ServerAccount } from './account.ts'
import { closedFolder } from './traversable.ts'

/** Paths of one cluster. */
export interface Home {
  readonly directory: string
  /** PGDATA. */
  readonly data: string
  /** The folder of the Unix socket. */
  readonly socket: string
  readonly log: string
  /** A named pipe: the server lives as long as somebody holds it open for writing. */
  readonly lease: string
  /** One file for each user of the server. */
  readonly users: string
  readonly lock: string
}

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, with `.s.PGSQL.5432` and a terminator in it. */
const longestSocketFolder = 88

/**
 * Makes the folders with the owners and modes that PostgreSQL insists on.
 *
 * A folder that the server's account cannot enter (a project below root's closed home) is replaced by one below the
 * temporary folder whose name is derived from the path asked for, so that the next run finds it again.
 */
export function prepareHome(asked: string, account: ServerAccount, logger: EmbeddedLogger): Home {
  mkdirSync(dirname(asked), { recursive: true })
  const closed = closedFolder(dirname(asked), account)
  const directory = closed === undefined ? asked : derivedFolder('mizan-pg', asked)
  if (closed !== undefined) {
    logger.info(
      `The server's account cannot enter ${closed}; the cluster of ${asked} is kept in ${directory}`,
    )
  }
  makeFolder(directory, account, 0o755)
  const home = pathsOf(directory)
  makeFolder(home.data, account, 0o700)
  makeFolder(home.socket, account, 0o700)
  mkdirSync(home.users, { recursive: true })
  return home
}

function pathsOf(directory: string): Home {
  const socket = join(directory, 'socket')
  return {
    directory,
    data: join(directory, 'data'),
    socket: socket.length <= longestSocketFolder ? socket : derivedFolder('mizan-pgs', directory),
    log: join(directory, 'server.log'),
    lease: join(directory, 'lease'),
    users: join(directory, 'users'),
    lock: join(directory, 'start.lock'),
  }
}

function derivedFolder(prefix: string, path: string): string {
  return join(tmpdir(), `${prefix}-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`)
}

function makeFolder(path: string, account: ServerAccount, mode: number): void {
  mkdirSync(path, { recursive: true, mode })
  const status = lstatSync(path)
  const owner = account.switchTo?.uid ?? process.getuid?.() ?? status.uid
  if (!status.isDirectory() || (status.uid !== owner && status.uid !== process.getuid?.())) {
    throw new Error(
      `${path} belongs to somebody else (user id ${status.uid}); remove it or choose another dataDirectory`,
    )
  }
  chmodSync(path, mode)
  if (account.switchTo !== undefined) chownSync(path, account.switchTo.uid, account.switchTo.gid)
}
