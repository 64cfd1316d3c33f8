/** Creates an empty cluster with initdb. */

import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import type { ServerAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { Home } from './home.ts'

/**
 * Fills `home.data`. initdb works in a folder beside it that takes its place only when it is complete: an interrupted
 * first start must not leave half a cluster behind.
 *
 * @throws Error with what initdb said.
 */
export async function createCluster(
  home: Home,
  binaries: Binaries,
  account: ServerAccount,
): Promise<void> {
  const unfinished = `${home.data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  if (account.switchTo !== undefined)
    chownSync(unfinished, account.switchTo.uid, account.switchTo.gid)
  // Trust is safe here: the server has no TCP port and its socket lies in a folder with mode 0700.
  // The builtin locale sorts by code point and is the same on every platform.
  const access = ['-D', unfinished, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const flags = access.concat(locale)
  await run(binaries.initdb, flags, account)
  rmSync(home.data, { recursive: true, force: true })
  renameSync(unfinished, home.data)
}

function run(program: string, flags: readonly string[], account: ServerAccount): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, flags, {
      ...account.switchTo,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`initdb ended with ${code}:\n${said.trim()}`))
    })
  })
}
