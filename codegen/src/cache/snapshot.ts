/** `.mizan/generate.json`: what the last run depended on and wrote. While it holds, there is nothing to do. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { areCurrent, fileDigest, type ObservedAnswers, textDigest } from './observations.ts'

/** One run, as it is kept. */
export interface Snapshot {
  /** Of the compiler and the options; another key is another question. */
  readonly key: string
  readonly answers: ObservedAnswers
  /** The modules that the globs matched. */
  readonly matched: readonly string[]
  /** What `sources()` said. */
  readonly sources: readonly string[]
  /** Digests of the generated files by path; `null` for a file that must not be there. */
  readonly outputs: Readonly<Record<string, string | null>>
}

/** The digests of generated files. */
export function outputDigests(
  files: Iterable<readonly [path: string, text: string | undefined]>,
): Record<string, string | null> {
  return Object.fromEntries(
    [...files].map(([path, text]) => [path, text === undefined ? null : textDigest(text)]),
  )
}

/** The snapshot of a project if it still holds in every part; a damaged one does not. */
export async function readSnapshot(
  root: string,
  key: string,
  match: () => readonly string[],
): Promise<Snapshot | undefined> {
  try {
    const snapshot = JSON.parse(await readFile(pathOf(root), 'utf8')) as Snapshot // cast: what follows throws for anything else
    const holds =
      snapshot.key === key &&
      Object.entries(snapshot.outputs).every(([path, digest]) => digest === fileDigest(path)) &&
      areCurrent(snapshot.answers) &&
      snapshot.matched.join('\n') === match().join('\n')
    return holds ? snapshot : undefined
  } catch {
    return undefined
  }
}

/** Appears whole or not at all; that it cannot be written is nobody's problem but time's. */
export async function writeSnapshot(root: string, snapshot: Snapshot): Promise<void> {
  const path = pathOf(root)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, JSON.stringify(snapshot))
    await rename(temporary, path)
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

function pathOf(root: string): string {
  return join(root, '.mizan', 'generate.json')
}
