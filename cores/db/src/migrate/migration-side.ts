/** One direction of a migration on disk: `up.sql` or `up.ts`, `down.sql` or `down.ts`. */

import { access, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { MigrationError } from '../migration-errors.ts'
import { normalizeLines, parseScript, type Step } from './script.ts'

/** Its steps, and the text that its hash is over. */
export interface MigrationSide {
  readonly text: string
  readonly steps: readonly Step[]
}

/** A script of SQL. @throws MigrationError for a marker that is none */
export function sqlSide(text: string, file: string): MigrationSide {
  return { text: normalizeLines(text), steps: parseScript(text, file) }
}

/**
 * Reads one direction. The text of code is that of the module and of every module that it imports by a path.
 *
 * @throws MigrationError when there is neither file, or both
 */
export async function readSide(
  folder: string,
  name: 'up' | 'down',
  read: (file: string) => Promise<string>,
): Promise<MigrationSide> {
  const module = join(folder, `${name}.ts`)
  const hasCode = await exists(module)
  if (hasCode && (await exists(join(folder, `${name}.sql`)))) {
    throw new MigrationError(
      'migration_files',
      `${folder} has ${name}.sql and ${name}.ts; a migration is one of them`,
    )
  }
  if (!hasCode) return sqlSide(await read(`${name}.sql`), `${folder}/${name}.sql`)
  const texts = new Map<string, string>()
  await collect(module, texts)
  const parts = [...texts].map(([path, text]): [string, string] => [
    relative(folder, path).replaceAll('\\', '/'),
    text,
  ])
  return {
    text: JSON.stringify(parts.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    steps: [{ kind: 'code', statements: [], module }],
  }
}

async function collect(path: string, texts: Map<string, string>): Promise<void> {
  if (texts.has(path)) return
  const text = normalizeLines(await readFile(path, 'utf8'))
  texts.set(path, text)
  for (const [, specifier = ''] of text.matchAll(
    /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g,
  )) {
    const target = resolve(dirname(path), specifier)
    // Imports may name the file that a compiler would make of it.
    for (const file of [target, target.replace(/\.js$/, '.ts')])
      if (await exists(file)) {
        await collect(file, texts)
        break
      }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
