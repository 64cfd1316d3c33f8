/** The account that servers run under which refuse to run as root. */

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** `nobody` on Debian; it has to stand in passwd, or PostgreSQL and MariaDB do not start. */
const nobody: Account = { uid: 65534, gid: 65534 }

/** `nobody` when we are root, otherwise `undefined`: our own account will do. */
export function unprivilegedAccount(): Account | undefined {
  return process.getuid?.() === 0 ? nobody : undefined
}
