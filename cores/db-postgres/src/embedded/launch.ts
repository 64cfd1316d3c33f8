/** Starts the server process beside a watcher that ends it with its last user. */

import { execFileSync, spawn } from 'node:child_process'
import { chownSync, closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { EmbeddedOptions } from './options.ts'
import type { ServerAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { Home } from './home.ts'
import { type Lease, toLease } from './lease.ts'
import { isReady, serverPatience } from './postmaster.ts'

/** What {@link launchServer} puts together. */
export interface Launch {
  readonly home: Home
  readonly binaries: Binaries
  readonly account: ServerAccount
  readonly options: EmbeddedOptions
}

/**
 * `cat` returns when the last writer of the pipe is gone: the way to learn, without polling and whatever killed them,
 * that nobody uses the server any more. The pipe is opened before the server starts, so a caller that dies in between
 * leaves no server behind.
 */
const watcher = `
exec 3<"$1"; shift
"$@" 3<&- & server=$!
(
  cat <&3 >/dev/null & reader=$!
  trap 'kill $reader; exit' TERM
  wait $reader; kill -INT $server
) & watch=$!
wait $server; code=$?
kill $watch 2>/dev/null
exit $code
`

/**
 * Starts the server and waits until it accepts connections.
 *
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function launchServer({ home, binaries, account, options }: Launch): Promise<Lease> {
  rmSync(home.lease, { force: true })
  execFileSync('mkfifo', ['-m', '600', home.lease])
  // Reading and writing: opening for writing alone would wait for the reader that is yet to be started.
  const descriptor = openSync(home.lease, constants.O_RDWR | constants.O_NONBLOCK)
  const log = openSync(home.log, 'w', 0o600)
  // A terminal's interrupt goes to its whole process group. Detached, the server outlives it until the application has
  // closed its connections.
  const child = spawn(
    '/bin/sh',
    ['-c', watcher, 'mizan-postgres', home.lease, binaries.postgres, ...flags(home, options)],
    {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TZ: 'UTC' },
      ...leaseOwner(home, account),
    },
  )
  closeSync(log)
  child.unref()
  let failure: string | undefined
  child.once('error', (error) => (failure = error.message))
  child.once('exit', (code, signal) => (failure = `it ended with ${code ?? signal}`))
  const limit = performance.now() + serverPatience
  while (!isReady(home)) {
    if (failure === undefined && performance.now() > limit)
      failure = `it was not ready after ${serverPatience / 1000} s`
    if (failure !== undefined) {
      closeSync(descriptor)
      throw new Error(
        `PostgreSQL did not start in ${home.directory}: ${failure}\n${tail(home.log)}`,
      )
    }
    await delay(5)
  }
  // From now on only writers count: a reading end of ours would keep a lost watcher's pipe alive.
  const writer = openSync(home.lease, constants.O_WRONLY | constants.O_NONBLOCK)
  closeSync(descriptor)
  return toLease(home, writer)
}

function leaseOwner(home: Home, account: ServerAccount): { uid?: number; gid?: number } {
  if (account.switchTo === undefined) return {}
  chownSync(home.lease, account.switchTo.uid, account.switchTo.gid)
  return account.switchTo
}

function flags(home: Home, options: EmbeddedOptions): readonly string[] {
  const settings = {
    // No TCP: the socket's folder is the password.
    listen_addresses: '',
    unix_socket_directories: home.socket,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A crash of the machine may lose the last half second of a development database, never its consistency.
    synchronous_commit: 'off',
    ...(options.ephemeral === true ? { fsync: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  }
  return [
    '-D',
    home.data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

function tail(path: string): string {
  return readFileSync(path, 'utf8').slice(-2000).trim()
}
