/** Writes migrations so that a crash leaves either all files of one or none. */

import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Migration } from './migration-files.ts'

/** Name → text. */
export type Files = Readonly<Record<string, string>>

/** Writes the files of one migration. */
export async function writeMigration(folder: string, id: string, files: Files): Promise<void> {
  const partial = join(folder, `.${id}.partial`)
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(partial, name), text)
  await rename(partial, join(folder, id))
}

/** Writes `_journal.json`: derived from the folders, for people and for reviews. Never merged by hand. */
export async function writeJournal(
  folder: string,
  dialect: string,
  migrations: readonly Migration[],
): Promise<void> {
  const entries = migrations.map(({ id, meta, hash }) => ({
    id,
    parent: meta.parent,
    hash,
    steps: meta.steps,
  }))
  await writeWhole(join(folder, '_journal.json'), toJsonFile({ version: 1, dialect, entries }))
}

/** Takes the place of a file at once: whoever is killed meanwhile leaves the one of before, or this one. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.partial`)
  await writeFile(partial, text)
  await rename(partial, path)
}

/** Two spaces and a line end. */
export function toJsonFile(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
