import type { CacheIdentity } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { deriveCacheKey } from './cache-key.ts'
import vectors from './cache-keys.json' with { type: 'json' }

// cast: the JSON's type lists every param of every case
const cases = vectors.cases as unknown as readonly (CacheIdentity & {
  key: string
  message: string
})[]

test.each(cases)('$key', ({ key, message: _message, ...identity }) => {
  expect(deriveCacheKey({ secret: vectors.secret, ...identity })).toBe(key)
})

test('an anonymous private entry, each user, each principal and each revision has a key of its own', () => {
  const base = { secret: vectors.secret, context: 'user', params: { user_id: '5' }, rev: 0 }
  const keys = [
    base,
    { ...base, user: null },
    { ...base, user: 'null' },
    { ...base, user: '5' },
    { ...base, user: '5', principalKey: 'a' },
    { ...base, user: '5', principalKey: 'b' },
    { ...base, rev: 1 },
    { ...base, params: {} },
    { ...base, secret: `${vectors.secret}!` },
  ].map(deriveCacheKey)
  expect(new Set(keys).size).toBe(keys.length)
})
