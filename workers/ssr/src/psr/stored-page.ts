/** A page as it is kept, and the names under which it and its tags are. */

import { createHash, randomUUID } from 'node:crypto'
import type { PageStore, StoredText } from './page-store.ts'

/** One rendered page. */
export interface StoredPage {
  readonly path: string
  readonly html: string
  /** Of the answer, without those that belong to one delivery. */
  readonly headers: readonly (readonly [string, string])[]
  readonly etag: string
  /** The version of each tag that it was rendered under. */
  readonly versions: Readonly<Record<string, string>>
  /** Milliseconds since 1970 at which its time is over. */
  readonly expires: number
}

/** The name of the page at `path`, of what `artifact` runs. */
export function pageName(artifact: string, path: string): string {
  return `pages/${artifact}/${digest(path)}`
}

/** The name of the lock of a page. */
export function lockName(page: string): string {
  return page.replace(/^pages/, 'locks')
}

/** The name of a tag's version. */
export function tagName(tag: string): string {
  return `tags/${digest(tag)}`
}

/** The folder with the digests of the paths of pages that have the tag. */
export function indexFolder(artifact: string, tag: string): string {
  return `index/${artifact}/${digest(tag)}`
}

/** The last part of a page's name. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40)
}

export function toText(page: StoredPage): string {
  return JSON.stringify(page)
}

/** `undefined` for what is no page. */
export function fromText(stored: StoredText | undefined): StoredPage | undefined {
  if (stored === undefined) return undefined
  try {
    // cast: toText() is the only writer; what a storage has mangled is none
    const page = JSON.parse(stored.text) as StoredPage
    return typeof page.html === 'string' && typeof page.versions === 'object' ? page : undefined
  } catch {
    return undefined
  }
}

/** Versions of `tags`, of those that have one. */
export async function readVersions(
  store: PageStore,
  tags: readonly string[],
): Promise<Record<string, string>> {
  const stored = await store.read(tags.map(tagName))
  return Object.fromEntries(
    tags.flatMap((tag, index) => {
      const text = stored[index]?.text
      return text === undefined ? [] : [[tag, text]]
    }),
  )
}

/** Versions of `tags`; one that has none gets one. A tag without a version is one that no page has. */
export async function ensureVersions(
  store: PageStore,
  tags: readonly string[],
): Promise<Record<string, string>> {
  const known = await readVersions(store, tags)
  const missing = tags.filter((tag) => !Object.hasOwn(known, tag))
  if (missing.length === 0) return known
  // Whoever is first wins, and all use what is there then.
  await Promise.all(missing.map((tag) => store.write(tagName(tag), randomUUID(), { etag: null })))
  return readVersions(store, tags)
}

/** Gives new versions to those of `tags` that some page has. @returns these */
export async function bumpVersions(store: PageStore, tags: readonly string[]): Promise<string[]> {
  const known = await readVersions(store, tags)
  const held = tags.filter((tag) => Object.hasOwn(known, tag))
  await Promise.all(held.map((tag) => store.write(tagName(tag), randomUUID())))
  return held
}
