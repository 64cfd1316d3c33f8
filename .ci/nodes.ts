/** The Nodes at hand: the pinned one of the repository, and the machine's own. */

import { access, constants, realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { run } from './run-command.ts'

/** One Node binary. */
export interface MachineNode {
  readonly path: string
  /** Without the `v`. */
  readonly version: string
  readonly major: number
  readonly minor: number
}

/** The Node that a person of this machine gets: the first on the path that is not from a node_modules. */
export async function machineNode(): Promise<MachineNode | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (const folder of folders) {
    if (folder === '' || folder.includes('node_modules')) continue
    const path = join(folder, 'node')
    if (await executable(path)) return describe(path)
  }
  return undefined
}

/** The running Node and, when it is another one, the machine's own. */
export async function nodesAtHand(): Promise<MachineNode[]> {
  const pinned = await describe(process.execPath)
  const own = await machineNode()
  return own === undefined || own.version === pinned.version ? [pinned] : [pinned, own]
}

async function describe(path: string): Promise<MachineNode> {
  const { output } = await run(path, ['-p', 'process.versions.node'])
  const version = output.trim()
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return { path: await realpath(path), version, major, minor }
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
