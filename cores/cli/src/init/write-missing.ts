/** Writes files that are not there, and never touches one that is. */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What was done with each file, in order. */
export interface WrittenFiles {
  readonly written: readonly string[]
  readonly kept: readonly string[]
}

/** Writes `files`, by path relative to `folder`. */
export async function writeMissing(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<WrittenFiles> {
  const written: string[] = []
  const kept: string[] = []
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, file)
    await mkdir(dirname(path), { recursive: true })
    if (await writeNew(path, text)) written.push(file)
    else kept.push(file)
  }
  return { written, kept }
}

/** By the system, so that nobody comes between looking and writing. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false // cast: errors of node:fs
    throw error
  }
}
