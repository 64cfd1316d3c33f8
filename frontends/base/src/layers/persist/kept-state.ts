/** What one visit of a page keeps for the next: entries of a kernel's state, and for whom each is. */

import { parseObject } from '@mizan/protocol'

import type { KernelEntry } from '../../kernel-state.ts'

/** One instance that is kept. */
export interface KeptEntry extends Pick<
  KernelEntry,
  'key' | 'context' | 'data' | 'etag' | 'fetchedAt'
> {
  /** The server said that everybody may have it. */
  readonly isPublic: boolean
}

/** All of them. */
export interface KeptState {
  /** Who saw what is not public; null where that is nobody. */
  readonly owner: string | null
  readonly entries: readonly KeptEntry[]
}

/** Of the text; another version counts as none. */
const version = 1

/** The newest entries of which the text is not longer than `longest`; that many characters take at most three times as many bytes. */
export function formatKept({ owner, entries }: KeptState, longest: number): string {
  let text = ''
  for (const entry of entries.toSorted((a, b) => b.fetchedAt - a.fetchedAt)) {
    const one = `${text && ','}${JSON.stringify(entry)}`
    if (text.length + one.length > longest) break
    text += one
  }
  return `{"version":${version},"owner":${JSON.stringify(owner)},"entries":[${text}]}`
}

/** What was changed by hand, cut, or written by another version, is nothing. */
export function parseKept(text: string | null): KeptState | undefined {
  const kept = parseObject(text ?? '')
  if (kept?.['version'] !== version || !Array.isArray(kept['entries'])) return undefined
  const { owner, entries } = kept
  if (owner !== null && typeof owner !== 'string') return undefined
  return { owner, entries: entries.flatMap((entry: unknown) => toEntry(entry) ?? []) }
}

function toEntry(entry: unknown): KeptEntry | undefined {
  if (!isObject(entry)) return undefined
  const { key, context, data, etag, fetchedAt, isPublic } = entry
  if (typeof key !== 'string' || typeof context !== 'string' || !isObject(data)) return undefined
  if (typeof fetchedAt !== 'number' || (etag !== null && typeof etag !== 'string')) return undefined
  return { key, context, data, etag, fetchedAt, isPublic: isPublic === true }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
