/** The account that the server runs under: ours, or `nobody` when ours is root. */

import { readFileSync } from 'node:fs'

/** Ids for `spawn`, and who owns what the server writes. */
export interface ServerAccount {
  /** Undefined: the server runs as we do. */
  readonly switchTo: { readonly uid: number; readonly gid: number } | undefined
}

/**
 * Chooses the account.
 *
 * @throws Error when we are root and the machine has no `nobody` (PostgreSQL looks its user up and refuses root).
 */
export function serverAccount(): ServerAccount {
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded PostgreSQL runs on Linux and macOS. On Windows start a server of your own and set DATABASE_URL.',
    )
  }
  if (process.getuid?.() !== 0) return { switchTo: undefined }
  const nobody = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === 'nobody')
  const uid = Number(nobody?.[2])
  const gid = Number(nobody?.[3])
  if (!(uid > 0) || !(gid > 0)) {
    throw new Error(
      'PostgreSQL refuses to run as root and this machine has no account "nobody" to run it under. ' +
        'Run as another user, or start a server of your own and set DATABASE_URL.',
    )
  }
  return { switchTo: { uid, gid } }
}
