/** Finds the programs that resources start, and says how to get one that is missing. */

import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** A program that a resource needs is not installed. */
export class MissingToolError extends Error {
  override readonly name: string = 'MissingToolError'
  readonly tool: string

  constructor(tool: string, remedy: string) {
    super(
      `${tool} is not installed: ${remedy}, or run \`make test\`, which installs it on Debian as root`,
    )
    this.tool = tool
  }
}

/** Debian keeps servers out of an ordinary user's PATH. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin']

/**
 * The absolute path of the first of `names` that stands in PATH or in a system folder.
 *
 * @param remedy what to do when there is none, such as "`apt-get install redis-server`".
 * @throws MissingToolError
 */
export async function findTool(names: readonly string[], remedy: string): Promise<string> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
    ...systemFolders,
  ]
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (await isExecutable(path)) return path
    }
  }
  throw new MissingToolError(names[0] ?? 'a tool', remedy)
}

/** Whether `path` is a file that we may run. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
