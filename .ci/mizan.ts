/** Runs the workspace's own `mizan` command. */

import { join } from 'node:path'
import { type Outcome, run } from './run-command.ts'
import { repository } from './workspace.ts'

/** Runs `mizan` from source with `args` in `folder`, on the Node that runs this: a dist may be old. */
export function mizan(args: readonly string[], folder: string): Promise<Outcome> {
  return run(
    process.execPath,
    ['--conditions=@mizan/source', join(repository, 'cores/cli/bin/mizan.js'), ...args],
    {
      cwd: folder,
    },
  )
}
