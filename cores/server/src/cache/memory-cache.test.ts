import { expect, test } from 'vitest'
import { MemoryCache } from './memory-cache.ts'

test('entries are kept for their time', async () => {
  let now = 0
  const store = new MemoryCache({ clock: () => now })
  await store.write('a', 'A', 10)
  now = 9_999
  expect(await store.read(['a', 'b'])).toEqual(['A', undefined])
  now = 10_000
  expect(await store.read(['a'])).toEqual([undefined])
})

test('what was used least recently goes first when there is no room', async () => {
  const room = 4 * (128 + 2 * (1 + 1000))
  const store = new MemoryCache({ maximumBytes: room })
  for (const key of ['a', 'b', 'c', 'd']) await store.write(key, key.repeat(1000), 60)
  await store.read(['a'])
  await store.write('e', 'e'.repeat(1000), 60)
  const kept = await store.read(['a', 'b', 'c', 'd', 'e'])
  expect(kept.map((value) => value?.[0])).toEqual(['a', undefined, 'c', 'd', 'e'])
})

test('an entry larger than the cache is not kept, and pushes nothing out', async () => {
  const store = new MemoryCache({ maximumBytes: 1000 })
  await store.write('a', 'A', 60)
  await store.write('b', 'B'.repeat(1000), 60)
  expect(await store.read(['a', 'b'])).toEqual(['A', undefined])
})

test('tags outlive the entries that are pushed out', async () => {
  const store = new MemoryCache({ maximumBytes: 4000 })
  const [version] = await store.ensureVersions(['user'])
  for (let index = 0; index < 100; index++) await store.write(`k${index}`, 'x'.repeat(1000), 60)
  expect(await store.versions(['user'])).toEqual([version])
})

test('a version that has ended never comes back', async () => {
  const store = new MemoryCache()
  const seen = new Set<string | undefined>()
  for (let round = 0; round < 100; round++) {
    const [version] = await store.ensureVersions(['user'])
    expect(await store.ensureVersions(['user'])).toEqual([version])
    seen.add(version)
    await store.bump(['user', 'unknown'])
    expect((await store.versions(['user']))[0]).not.toBe(version)
  }
  expect(seen.size).toBe(100)
})

test('two caches never make the same version', async () => {
  const versions = await Promise.all(
    [new MemoryCache(), new MemoryCache()].map((store) => store.ensureVersions(['a'])),
  )
  expect(versions[0]).not.toEqual(versions[1])
})
