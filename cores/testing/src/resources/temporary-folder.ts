/** A folder of its own for one test, gone afterwards. */

import { chmod, chown, mkdtemp, realpath, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from './account.ts'

export interface TemporaryFolderOptions {
  /** Who owns the folder, when a server runs under another account than ours. */
  readonly owner?: Account | undefined
  /** Many small files that are soon thrown away: in memory, where the system has room for that. @default false */
  readonly inMemory?: boolean
}

export interface TemporaryFolder extends AsyncDisposable {
  /** Absolute and without symbolic links; short enough for a Unix socket below it. */
  readonly path: string
}

/** Linux keeps a file system in memory here; Docker gives it 64 MB, which is too little for a database. */
const memory = '/dev/shm'
const roomNeeded = 1024 ** 3

/** Makes an empty folder that is removed, with what is in it, when it is disposed. */
export async function temporaryFolder(
  options: TemporaryFolderOptions = {},
): Promise<TemporaryFolder> {
  const parent = options.inMemory === true && (await hasRoom(memory)) ? memory : tmpdir()
  const path = await mkdtemp(join(await realpath(parent), 'mizan-'))
  if (options.owner) {
    await chmod(path, 0o755)
    await chown(path, options.owner.uid, options.owner.gid)
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      // A server that just died may still hold files for a moment.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
    },
  }
}

async function hasRoom(path: string): Promise<boolean> {
  return statfs(path).then(
    ({ bavail, bsize }) => bavail * bsize > roomNeeded,
    () => false,
  )
}
