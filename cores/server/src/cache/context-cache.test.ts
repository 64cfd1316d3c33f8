import { describe, expect, test } from 'vitest'
import { ask, gate, readOf, resultOf, secret, storeWith } from '../../test/cache-reads.ts'
import type { CacheResult } from './cache-read.ts'
import { ContextCache } from './context-cache.ts'
import { MemoryCache } from './memory-cache.ts'

describe('who is served what', () => {
  test('a public run of one caller serves the others', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    expect(await ask(cache, readOf(), resultOf('1'))).toBe('miss 1')
    expect(await ask(cache, readOf({ user: 'bob' }), resultOf('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ user: null }), resultOf('3'))).toBe('hit 1')
  })

  test('a private run serves its caller only, with the same standing', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const own = (body: string): CacheResult => resultOf(body, { visibility: 'private' })
    expect(await ask(cache, readOf(), own('1'))).toBe('miss 1')
    expect(await ask(cache, readOf(), own('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ user: 'bob' }), own('3'))).toBe('miss 3')
    expect(await ask(cache, readOf({ user: null }), own('4'))).toBe('miss 4')
    expect(await ask(cache, readOf({ principalKey: 'staff' }), own('5'))).toBe('miss 5')
    expect(await ask(cache, readOf(), own('6'))).toBe('hit 1')
  })

  test('a private-only context neither reads nor writes a public entry', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    await ask(cache, readOf(), resultOf('public'))
    expect(await ask(cache, readOf({ privateOnly: true }), resultOf('1'))).toBe('miss 1')
    expect(await ask(cache, readOf({ privateOnly: true }), resultOf('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ privateOnly: true, user: 'bob' }), resultOf('3'))).toBe(
      'miss 3',
    )
  })

  test('an unstorable run is kept for nobody', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const once = (body: string): CacheResult => resultOf(body, { visibility: 'unstorable' })
    expect(await ask(cache, readOf(), once('1'))).toBe('miss 1')
    expect(await ask(cache, readOf(), once('2'))).toBe('miss 2')
  })
})

describe('what ends an entry', () => {
  test.each([['user'], ['user;id=5']])('a purge of %s', async (tag) => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    await ask(cache, readOf(), resultOf('1'))
    expect(await cache.purge(['user;id=6', 'task'])).toEqual({ deferred: false })
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('hit 1')
    expect(await cache.purge([tag])).toEqual({ deferred: false })
    expect(await ask(cache, readOf(), resultOf('3'))).toBe('miss 3')
  })

  test('its time, another artifact, another revision, other params', async () => {
    let now = 0
    const clock = (): number => now
    // The store keeps it longer: the entry's own time counts.
    const cache = new ContextCache({ store: new MemoryCache({ clock: () => 0 }), secret, clock })
    await ask(cache, readOf(), resultOf('1'))
    now = 59_999
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ rev: 1 }), resultOf('3'))).toBe('miss 3')
    expect(await ask(cache, readOf({ params: { id: '6' } }), resultOf('4'))).toBe('miss 4')
    now = 60_000
    expect(await ask(cache, readOf(), resultOf('5'))).toBe('miss 5')
    expect(await ask(cache, readOf({ artifact: 'a2' }), resultOf('6'))).toBe('miss 6')
  })

  test('a version that was lost', async () => {
    const store = new MemoryCache()
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf(), resultOf('1'))
    await store.bump(['user;id=5'])
    await store.ensureVersions(['user;id=5'])
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('miss 2')
  })

  test('a purge during the run that made it', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const running = gate<CacheResult>()
    const started = gate<void>()
    const first = cache.run(readOf(), () => {
      started.open()
      return running.promise
    })
    await started.promise
    await cache.purge(['user;id=5'])
    running.open(resultOf('old'))
    expect((await first).body).toBe('old')
    expect(await ask(cache, readOf(), resultOf('new'))).toBe('miss new')
  })

  test('a changed byte, an entry under another key, and garbage', async () => {
    const inner = new MemoryCache()
    const written: [key: string, value: string][] = []
    let forge = (value: string | undefined): string | undefined => value
    const store = storeWith(inner, {
      read: async (keys) => (await inner.read(keys)).map((value) => forge(value)),
      write: async (key, value, ttl) => {
        written.push([key, value])
        await inner.write(key, value, ttl)
      },
    })
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf({ params: { id: '6' } }), resultOf('six'))
    await ask(cache, readOf(), resultOf('five'))
    const other = written[0]?.[1] ?? ''
    const forgeries: ((value: string) => string)[] = [
      (value) => value.replace('five', 'FIVE'),
      (value) => value.replace('"expires":', '"expires":9'),
      (value) => value.replace('a1', 'a2'),
      () => other,
      () => '',
      () => '\n\n',
      () => 'garbage',
      (value) => value.slice(1),
    ]
    for (const [index, tamper] of forgeries.entries()) {
      forge = (value) => (value === undefined ? undefined : tamper(value))
      const visit = await cache.open(readOf())
      expect(visit.hit, String(index)).toBeUndefined()
    }
    forge = (value) => value
    expect(await ask(cache, readOf(), resultOf('again'))).toBe('hit five')
    const stranger = new ContextCache({ store, secret: `${secret}!` })
    expect(await ask(stranger, readOf(), resultOf('mine'))).toBe('miss mine')
  })
})

describe('tags learnt during a run', () => {
  const seen = (body: string, ...dataTags: string[]): CacheResult => resultOf(body, { dataTags })

  test('the next run stores, because it had their versions before it began', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret, clock: () => 0 })
    expect(await ask(cache, readOf(), seen('1', 'db:tasks'))).toBe('miss 1')
    expect(await ask(cache, readOf(), seen('2', 'db:tasks'))).toBe('miss 2')
    const third = await cache.run(readOf({ user: 'bob' }), async () => resultOf('3'))
    expect(third).toEqual({
      body: '2',
      outcome: 'hit',
      visibility: 'public',
      tags: ['user', 'user;id=5', 'db:tasks'],
      ttl: 60,
    })
    await cache.purge(['db:tasks'])
    expect(await ask(cache, readOf(), seen('4', 'db:tasks'))).toBe('miss 4')
    expect(await ask(cache, readOf(), seen('5', 'db:tasks'))).toBe('hit 4')
  })

  test('another process learns them from the entry', async () => {
    const store = new MemoryCache()
    const one = new ContextCache({ store, secret })
    const two = new ContextCache({ store, secret })
    await ask(one, readOf(), seen('1', 'db:tasks'))
    await ask(one, readOf(), seen('2', 'db:tasks'))
    expect(await ask(two, readOf(), seen('3', 'db:tasks'))).toBe('hit 2')
    await two.purge(['db:tasks'])
    expect(await ask(two, readOf(), seen('4', 'db:tasks'))).toBe('miss 4')
    expect(await ask(one, readOf(), seen('5', 'db:tasks'))).toBe('hit 4')
  })

  test('rows that change with every run widen to their table', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    for (const id of [1, 2, 3])
      await ask(cache, readOf(), seen(`${id}`, 'db:tasks:*', `db:tasks:id=${id}`))
    expect(await ask(cache, readOf(), seen('4', 'db:tasks:*', 'db:tasks:id=4'))).toBe('miss 4')
    expect(await ask(cache, readOf(), seen('5', 'db:tasks:*', 'db:tasks:id=5'))).toBe('hit 4')
    await cache.purge(['db:tasks', 'db:tasks:id=9'])
    expect(await ask(cache, readOf(), seen('6', 'db:tasks:*', 'db:tasks:id=6'))).toBe('miss 6')
  })
})

test('a purge of very many tags ends their contexts and tables', async () => {
  const bumped: (readonly string[])[] = []
  const inner = new MemoryCache()
  const store = storeWith(inner, {
    bump: async (tags) => {
      bumped.push(tags)
      await inner.bump(tags)
    },
  })
  const cache = new ContextCache({ store, secret })
  const dataTags = ['db:tasks:*', 'db:tasks:id=5']
  for (const body of ['1', '2']) await ask(cache, readOf(), resultOf(body, { dataTags }))
  expect(await ask(cache, readOf(), resultOf('?', { dataTags }))).toBe('hit 2')
  const rows = Array.from({ length: 10_000 }, (_, id) => `db:tasks:id=${id + 100}`)
  await cache.purge(['user;id=7', 'db:tasks', ...rows])
  expect(bumped).toEqual([['user', 'db:tasks', 'db:tasks:*']])
  expect(await ask(cache, readOf(), resultOf('3', { dataTags }))).toBe('miss 3')
})
