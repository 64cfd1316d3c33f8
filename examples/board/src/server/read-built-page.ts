/** What Vite made of the board's page: the addresses of its scripts and styles. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface BuiltPage {
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
}

/** The part of a chunk in Vite's manifest that is used. */
interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
  /** Keys of chunks. */
  readonly imports?: readonly string[]
}

/** @returns null where nothing is built */
export function readBuiltPage(folder: string): BuiltPage | null {
  const path = join(folder, '.vite/manifest.json')
  if (!existsSync(path)) return null
  // cast: Vite wrote it.
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Chunk>>
  const entry = manifest['index.html']
  if (entry === undefined) return null
  const styles = new Set<string>()
  const seen = new Set<Chunk>()
  const visit = (chunk: Chunk): void => {
    if (seen.has(chunk)) return
    seen.add(chunk)
    for (const key of chunk.imports ?? []) {
      const imported = manifest[key]
      if (imported !== undefined) visit(imported)
    }
    for (const style of chunk.css ?? []) styles.add(`/${style}`)
  }
  visit(entry)
  return { scripts: [`/${entry.file}`], styles: [...styles] }
}
