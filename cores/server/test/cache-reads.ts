/** Reads of a cached context, what their runs give, and stores that go wrong. */

import type { CacheRead, CacheResult } from '../src/cache/cache-read.ts'
import type { CacheStore } from '../src/cache/cache-store.ts'
import type { ContextCache } from '../src/cache/context-cache.ts'

/** What entries are sealed with. */
export const secret: string = 'a-cache-secret-of-at-least-32-bytes!'

/** A read of a context, by one of its callers. */
export function readOf(changes: Partial<CacheRead> = {}): CacheRead {
  return {
    context: 'user',
    params: { id: '5' },
    rev: 0,
    artifact: 'a1',
    ttl: 60,
    user: 'ada',
    privateOnly: false,
    tags: ['user', 'user;id=5'],
    ...changes,
  }
}

/** What a run gives. */
export function resultOf(body: string, changes: Partial<CacheResult> = {}): CacheResult {
  return { body, visibility: 'public', dataTags: [], ...changes }
}

/** Runs and tells how the answer was come by and what it was. */
export async function ask(
  cache: ContextCache,
  read: CacheRead,
  result: CacheResult,
): Promise<string> {
  const answer = await cache.run(read, async () => result)
  return `${answer.outcome} ${answer.body}`
}

/** A store whose methods can be replaced one by one. */
export function storeWith(inner: CacheStore, changes: Partial<CacheStore>): CacheStore {
  return {
    read: (keys) => inner.read(keys),
    write: (key, value, ttl) => inner.write(key, value, ttl),
    versions: (tags) => inner.versions(tags),
    ensureVersions: (tags) => inner.ensureVersions(tags),
    bump: (tags) => inner.bump(tags),
    ...changes,
  }
}

/** A promise that the test settles. */
export function gate<T>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => (open = resolve))
  return { promise, open }
}
