/** `.mizan/dev-error.json`: what is wrong right now, for whoever shows it beside the terminal (the Vite plugin does). */

import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The one thing that keeps a project from running. */
export interface DevError {
  readonly message: string
  /** Relative to the project. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** From 1. */
  readonly column?: number
  /** Whether the server of before still answers. */
  readonly serverRuns: boolean
}

/** Where something is wrong. */
export type DevPlace = Pick<DevError, 'file' | 'line' | 'column'>

/** Where the error of a project stands. */
function devErrorPath(root: string): string {
  return join(root, '.mizan', 'dev-error.json')
}

/** Appears at once and whole: readers never see half a file. */
export async function writeDevError(root: string, error: DevError): Promise<void> {
  const path = devErrorPath(root)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.tmp`, `${JSON.stringify(error, null, 2)}\n`)
  await rename(`${path}.tmp`, path)
}

export async function clearDevError(root: string): Promise<void> {
  await rm(devErrorPath(root), { force: true })
}

/** The first place inside the project that a stack or a compiler names. */
export function placeIn(text: string, root: string): DevPlace {
  for (const match of text.matchAll(/(file:\/\/\/[^\s:()]+|\/[^\s:()]+):(\d+)(?::(\d+))?/g)) {
    const [, name = '', line, column] = match
    const path = name.startsWith('file:') ? fileURLToPath(name) : name
    const file = relative(root, path)
    if (file.startsWith('..') || file.includes('node_modules')) continue
    return {
      file: file.split(sep).join('/'),
      line: Number(line),
      ...(column === undefined ? {} : { column: Number(column) }),
    }
  }
  return {}
}
