import { describe, expect, test } from 'vitest'
import { ask, gate, readOf, resultOf, secret, storeWith } from '../../test/cache-reads.ts'
import type { CacheResult } from './cache-read.ts'
import type { CacheStore } from './cache-store.ts'
import { ContextCache } from './context-cache.ts'
import { MemoryCache } from './memory-cache.ts'

describe('a store that fails', () => {
  const never = (): Promise<never> => new Promise(() => undefined)
  const broken = (): Promise<never> => Promise.reject(new Error('connection refused'))

  test.each<[string, Partial<CacheStore>, string]>([
    ['refusing reads', { read: broken }, 'bypass'],
    ['hanging in reads', { read: never }, 'bypass'],
    ['refusing versions', { versions: broken }, 'bypass'],
    ['hanging in new versions', { ensureVersions: never }, 'bypass'],
    ['refusing writes', { write: broken }, 'miss'],
    ['hanging in writes', { write: never }, 'miss'],
  ])('%s costs the request its cache, nothing else', async (_name, changes, outcome) => {
    const warnings: string[] = []
    const logger = { warn: (_facts: unknown, message: string) => void warnings.push(message) }
    const cache = new ContextCache({ store: storeWith(new MemoryCache(), changes), secret, logger })
    expect(await ask(cache, readOf(), resultOf('1'))).toBe(`${outcome} 1`)
    expect(await ask(cache, readOf(), resultOf('2'))).toBe(`${outcome} 2`)
    expect(warnings[0]).toBe('the cache store does not answer; going on without it')
  })

  test('one that hangs is left alone for a while: not every request waits for it', async () => {
    let now = 0
    let asked = 0
    const store = storeWith(new MemoryCache(), {
      read: () => {
        asked++
        return never()
      },
    })
    const cache = new ContextCache({ store, secret, clock: () => now })
    for (let round = 0; round < 10; round++) {
      expect(await ask(cache, readOf(), resultOf('1'))).toBe('bypass 1')
    }
    expect(asked).toBe(3)
    now = 1000
    await ask(cache, readOf(), resultOf('1'))
    expect(asked).toBe(4)
    expect(cache.stats).toMatchObject({ bypassed: 11, errors: 4 })
  })

  test('a purge that cannot be told is deferred, and what it ends is not served meanwhile', async () => {
    const inner = new MemoryCache()
    let down = false
    const retried = gate<void>()
    const store = storeWith(inner, {
      bump: async (tags) => {
        if (down) throw new Error('connection refused')
        await inner.bump(tags)
        retried.open()
      },
    })
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf(), resultOf('old'))
    down = true
    expect(await cache.purge(['user;id=5'])).toEqual({ deferred: true })
    expect(await ask(cache, readOf(), resultOf('1'))).toBe('miss 1')
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('miss 2')
    expect(await ask(cache, readOf({ params: { id: '6' }, tags: ['user'] }), resultOf('6'))).toBe(
      'miss 6',
    )
    expect(await ask(cache, readOf({ params: { id: '6' }, tags: ['user'] }), resultOf('7'))).toBe(
      'hit 6',
    )
    down = false
    await retried.promise
    await cache.close()
    expect(await ask(cache, readOf(), resultOf('3'))).toBe('miss 3')
    expect(await ask(cache, readOf(), resultOf('4'))).toBe('hit 3')
  })

  test('nobody joins a run that a deferred purge should have ended', async () => {
    const store = storeWith(new MemoryCache(), { bump: broken })
    const cache = new ContextCache({ store, secret })
    const running = gate<CacheResult>()
    const started = gate<void>()
    const first = cache.run(readOf(), () => {
      started.open()
      return running.promise
    })
    await started.promise
    expect(await cache.purge(['user'])).toEqual({ deferred: true })
    expect(await ask(cache, readOf({ user: 'bob' }), resultOf('new'))).toBe('miss new')
    running.open(resultOf('old'))
    expect((await first).body).toBe('old')
    await cache.close()
  })

  test('a deferred purge that gets through during a lookup is not overlooked', async () => {
    const inner = new MemoryCache()
    const reading = gate<void>()
    let down = false
    let hold = false
    const store = storeWith(inner, {
      bump: (tags) => (down ? broken() : inner.bump(tags)),
      read: async (keys) => {
        if (hold) await reading.promise
        return inner.read(keys)
      },
    })
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf(), resultOf('old'))
    down = true
    await cache.purge(['user'])
    down = false
    hold = true
    const asked = ask(cache, readOf(), resultOf('new'))
    await cache.close()
    reading.open()
    expect(await asked).toBe('miss new')
  })

  test('a secret under 32 bytes is refused', () => {
    expect(() => new ContextCache({ store: new MemoryCache(), secret: 'short' })).toThrow(
      /^cache.secret must have at least 32 bytes, got 5; /,
    )
  })
})
