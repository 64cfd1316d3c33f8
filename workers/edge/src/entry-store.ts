/** Answers in the Cache API, each with the versions that it depends on. */

import { cacheMessage } from '@mizan/protocol'
import type { ReadRequest } from './read-request.ts'
import type { Reader } from './token-reader.ts'

/** Seconds that any entry may live; versions are kept for longer. */
export const maximumTtl = 86_400

/** What is known of a stored answer. */
export interface EntryFacts {
  readonly artifact: string
  /** By tag; `null` for a tag that was learnt from this answer, so that it is no hit but the next one can be. */
  readonly versions: Readonly<Record<string, string | null>>
  /** Milliseconds. */
  readonly expires: number
  /** Of {@link keptHeaders}. */
  readonly headers: Readonly<Record<string, string>>
}

/** A stored answer. */
export interface Entry {
  readonly facts: EntryFacts
  readonly body: ReadableStream<Uint8Array> | null
}

/** Headers that belong to the answer rather than to one delivery of it. */
export const keptHeaders: readonly string[] = Object.freeze([
  'content-type',
  'content-language',
  'content-security-policy',
  'cross-origin-resource-policy',
  'etag',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
])

const cacheName = 'mizan'
const factsHeader = 'mizan-entry'

/** What the key is made of besides the request. */
export interface KeyScope {
  readonly origin: string
  readonly artifact: string
  /** Whose answer it is; absent for everybody's. */
  readonly reader?: Reader
}

/** The URL under which an instance is kept: a name that no request from outside can have. */
export async function entryKey(request: ReadRequest, scope: KeyScope): Promise<string> {
  const { context, params, facts, page = '' } = request
  const { reader } = scope
  const message = cacheMessage({
    context,
    params,
    rev: facts.rev,
    ...(reader && { user: reader.sub, principalKey: reader.pkey }),
  })
  const facets = [scope.origin, scope.artifact, page, message]
  const text = new TextEncoder().encode(facets.join('\n'))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `https://mizan-edge.invalid/ctx/${context}/${hex}`
}

/** The entry under `key`, whether or not it is still good; `undefined` also when the cache fails. */
export async function readEntry(key: string): Promise<Entry | undefined> {
  try {
    const stored = await (await caches.open(cacheName)).match(key)
    const facts = stored?.headers.get(factsHeader)
    if (stored === undefined || !facts) return undefined
    // cast: writeEntry() is the only writer under these keys
    return { facts: JSON.parse(facts) as EntryFacts, body: stored.body }
  } catch {
    return undefined
  }
}

/** An answer to keep. */
export interface NewEntry {
  readonly facts: EntryFacts
  readonly body: Uint8Array<ArrayBuffer>
  /** Seconds. */
  readonly ttl: number
}

/** Keeps an answer; a cache that fails is one that does not keep. */
export async function writeEntry(key: string, entry: NewEntry): Promise<void> {
  const headers = {
    'cache-control': `public, max-age=${entry.ttl}`,
    [factsHeader]: JSON.stringify(entry.facts),
  }
  try {
    await (await caches.open(cacheName)).put(key, new Response(entry.body, { headers }))
  } catch {
    return
  }
}
