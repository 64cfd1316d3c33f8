/** Data tags as they leave the server: truncated HMACs, so that no header tells table names or ids. */

import { createHmac, hkdfSync } from 'node:crypto'
import { everythingTag } from './data-tag.ts'

/** Above this many characters of a header, tags widen to their tables, those of the table with most of them first. */
const maximumLength = 2048
const maximumKept = 10_000

/** Turns data tags into what `X-Mizan-Tags`, `X-Mizan-Changed` and `X-Mizan-Cache` carry. */
export interface TagDigests {
  /**
   * What a read depends on; when there are too many, or more than `most`, widened to whole tables. `*` as it is, because nothing
   * that is written would meet its digest: whoever holds the answer must know that any write concerns it.
   */
  ofReads(tags: Iterable<string>, most?: number): string[]
  /** What a write changed; when there is too much, the tables and their unplaced writes. */
  ofWrites(tags: Iterable<string>): string[]
  /** Tags of contexts, as groups beside those. */
  ofContexts(tags: Iterable<string>): string[]
}

/** Makes digests with a key of their own, derived from the cache's secret: equal on every process. */
export function createTagDigests(secret: string): TagDigests {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'mizan data tags', 32))
  const kept = new Map<string, string>()
  const digest = (tag: string): string => {
    const known = kept.get(tag)
    if (known !== undefined) return known
    if (kept.size >= maximumKept) kept.clear()
    const made = createHmac('sha256', key).update(tag).digest('hex').slice(0, 32)
    kept.set(tag, made)
    return made
  }
  const limited = (
    tags: readonly string[],
    wider: (table: string) => readonly string[],
    most = Infinity,
  ): string[] => {
    const named = withinLimits(tags, wider, Math.min(most, Math.floor(maximumLength / 34)))
    return [...new Set(named)].map(digest).sort()
  }
  return {
    ofReads(tags, most) {
      const all = [...tags]
      if (all.includes(everythingTag)) return [everythingTag]
      return limited(all, (table) => [table], most)
    },
    // A reader of one row depends on `table:*`; a reader of the table on `table`.
    ofWrites: (tags) => limited([...tags], (table) => [table, `${table}:*`]),
    // Apart from tables of the same name.
    ofContexts: (tags) => [...tags].map((tag) => digest(`ctx:${tag}`)),
  }
}

function tableOf(tag: string): string {
  const end = tag.indexOf(':')
  return end === -1 ? tag : tag.slice(0, end)
}

function withinLimits(
  tags: readonly string[],
  wider: (table: string) => readonly string[],
  most: number,
): readonly string[] {
  const tables = new Map<string, readonly string[]>()
  for (const tag of tags) tables.set(tableOf(tag), [...(tables.get(tableOf(tag)) ?? []), tag])
  let count = tags.length
  for (const [table, own] of [...tables].toSorted(([, a], [, b]) => b.length - a.length)) {
    if (count <= most) break
    tables.set(table, wider(table))
    count += wider(table).length - own.length
  }
  return [...tables.values()].flat()
}
