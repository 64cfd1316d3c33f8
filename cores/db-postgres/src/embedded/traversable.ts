/** Whether the server's account can reach a folder. */

import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ServerAccount } from './account.ts'

/** The first folder on the way to `path` that the account cannot enter; undefined when all is open. */
export function closedFolder(path: string, account: ServerAccount): string | undefined {
  const { switchTo } = account
  if (switchTo === undefined) return undefined
  const folders: string[] = []
  for (let folder = path; ; folder = dirname(folder)) {
    folders.unshift(folder)
    if (folder === dirname(folder)) break
  }
  return folders.find((folder) => {
    const { mode, uid, gid } = statSync(folder)
    if (uid === switchTo.uid) return (mode & 0o100) === 0
    if (gid === switchTo.gid) return (mode & 0o010) === 0
    return (mode & 0o001) === 0
  })
}
