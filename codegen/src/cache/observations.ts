/** Everything that a run has asked the file system: another run that would get the same answers has the same result. */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'

/** The answers, as they can be written down; all paths are absolute. */
export interface ObservedAnswers {
  /** What was read: the digest of its text, or `null` where there was nothing to read. */
  readonly reads: Readonly<Record<string, string | null>>
  /** Of files of packages: `size mtime`, by which most of them need not be read again. */
  readonly stats: Readonly<Record<string, string>>
  /** What was looked for in vain. */
  readonly missing: readonly string[]
  /** Where links led. */
  readonly links: Readonly<Record<string, string>>
  /** The names in listed folders. */
  readonly listings: Readonly<Record<string, string>>
}

/** Collects answers while a program is made. */
export class Observations {
  readonly #reads = new Map<string, string | undefined>()
  readonly #missing = new Set<string>()
  readonly #links = new Map<string, string>()
  readonly #listings = new Map<string, string>()

  read(path: string, text: string | undefined): void {
    this.#reads.set(path, text)
  }

  exists(path: string, exists: boolean): void {
    if (!exists) this.#missing.add(path)
  }

  link(path: string, target: string): void {
    if (path !== target) this.#links.set(path, target)
  }

  listing(path: string, names: readonly string[]): void {
    this.#listings.set(path, names.join('\n'))
  }

  /** Files came or went: what was looked for will be looked for again. */
  forgetSearches(): void {
    this.#missing.clear()
    this.#links.clear()
    this.#listings.clear()
  }

  answers(): ObservedAnswers {
    const reads = [...this.#reads].map(
      ([path, text]) => [path, text === undefined ? null : textDigest(text)] as const,
    )
    const packaged = reads.flatMap(([path, digest]) => {
      const stat = digest !== null && isPackaged(path) ? statText(path) : undefined
      return stat === undefined ? [] : [[path, stat] as const]
    })
    return {
      reads: Object.fromEntries(reads),
      stats: Object.fromEntries(packaged),
      missing: [...this.#missing],
      links: Object.fromEntries(this.#links),
      listings: Object.fromEntries(this.#listings),
    }
  }
}

/** Whether the file system still gives the same answers. */
export function areCurrent(answers: ObservedAnswers): boolean {
  const { reads, stats, missing, links, listings } = answers
  return (
    Object.entries(reads).every(([path, digest]) =>
      stats[path] !== undefined && stats[path] === statText(path)
        ? true
        : digest === fileDigest(path),
    ) &&
    missing.every((path) => !existsSync(path)) &&
    Object.entries(links).every(([path, target]) => target === realPathOf(path)) &&
    Object.entries(listings).every(([path, names]) => names === foldersIn(path).join('\n'))
  )
}

/** A digest that tells texts apart. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/** The digest of a file's text; `null` without one. */
export function fileDigest(path: string): string | null {
  try {
    return textDigest(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}

/** The folders in a folder, sorted; links to folders among them. */
export function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}

function isPackaged(path: string): boolean {
  return path.includes('/node_modules/')
}

function statText(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.size} ${stats.mtimeMs}`
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
