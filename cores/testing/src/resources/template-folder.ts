/** Data directories that take long to make are made once and copied afterwards. */

import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The workspace's `node_modules`. */
export const modules: string = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

/**
 * Copies the template `name` to `target`, which does not exist yet; when there is none, builds it at `target` and keeps
 * a copy for the next time.
 *
 * @param name holds the version of the program whose files these are.
 */
export async function fromTemplate(
  name: string,
  target: string,
  build: () => Promise<void>,
): Promise<void> {
  const template = join(modules, '.cache/mizan', `${name}-${process.getuid?.() ?? 0}`)
  if (await exists(template)) {
    await copy(template, target)
    return
  }
  await build()
  await keep(target, template)
}

/** Two test processes may get here at once: each copies beside, and the first rename wins. */
async function keep(source: string, template: string): Promise<void> {
  await mkdir(dirname(template), { recursive: true })
  const beside = await mkdtemp(join(dirname(template), 'new-'))
  try {
    const copied = join(beside, 'data')
    await copy(source, copied)
    await rename(copied, template).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** `cp -a` keeps the owner, which fs.cp does not. */
async function copy(source: string, target: string): Promise<void> {
  await run('cp', ['-a', source, target])
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
