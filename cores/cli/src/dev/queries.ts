/** `.mizan/dev-queries/`: what the database clients of a program do that `mizan dev` runs, for `mizan db studio`. */

import { rmSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** One statement, without its parameters. */
export interface DevQuery {
  /** Milliseconds since 1970, when it had ended. */
  readonly at: number
  readonly sql: string
  readonly milliseconds: number
  readonly rows?: number
  /** The code of what it failed with. */
  readonly error?: string
}

/** Bytes that are read of a file, from its end; and files. */
const longest = 512_000
const mostFiles = 20

function folderOf(root: string): string {
  return join(root, '.mizan', 'dev-queries')
}

/** What a program is started with, so that it tells. Only Node listens. */
export function devQueriesEnvironment(root: string): Readonly<Record<string, string>> {
  const given = process.env['NODE_OPTIONS'] ?? ''
  const preload = new URL('../../bin/hear-queries.js', import.meta.url).href
  return {
    MIZAN_DEV_QUERIES: folderOf(root),
    NODE_OPTIONS: `${given} --import=${preload}`.trim(),
  }
}

/** A program that is started again begins anew, and one that has ended is not told of. */
export function clearDevQueries(root: string): void {
  rmSync(folderOf(root), { recursive: true, force: true })
}

/** Those that are kept, the last one first; undefined while nothing is run by `mizan dev`. */
export async function readDevQueries(root: string): Promise<readonly DevQuery[] | undefined> {
  const folder = folderOf(root)
  const names = await readdir(folder).catch(() => undefined)
  if (names === undefined) return undefined
  const texts = await Promise.all(
    names.slice(0, mostFiles).map((name) => endOf(join(folder, name))),
  )
  return texts.flatMap((text) => text.split('\n').flatMap(toQuery)).toSorted((a, b) => b.at - a.at)
}

async function endOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - longest)
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(Math.min(size, longest)),
      position: start,
    })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** A line that was cut, or is being written, is none. */
function toQuery(line: string): readonly DevQuery[] {
  try {
    const { at, sql, milliseconds, rows, error } = JSON.parse(line) as Partial<DevQuery> // cast: checked below
    if (typeof at !== 'number' || typeof sql !== 'string' || typeof milliseconds !== 'number')
      return []
    return [
      {
        at,
        sql,
        milliseconds,
        ...(typeof rows === 'number' ? { rows } : {}),
        ...(typeof error === 'string' ? { error } : {}),
      },
    ]
  } catch {
    return []
  }
}
