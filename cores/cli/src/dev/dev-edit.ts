/** `.mizan/dev-edit`: stands while an edit is followed and the running server may be about to end. Pages wait for it. */

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Where the mark of a project stands; `@mizan/codegen/vite` looks for it. */
function devEditPath(root: string): string {
  return join(root, '.mizan', 'dev-edit')
}

/** Before the generated files change: a page that they reload must not meet the server that they replace. */
export async function markDevEdit(root: string): Promise<void> {
  const path = devEditPath(root)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
}

/** Once the old server is gone, or stays. */
export async function clearDevEdit(root: string): Promise<void> {
  await rm(devEditPath(root), { force: true })
}
