import { expect, test } from 'vitest'
import { MemorySessionStore } from './memory-session-store.ts'

test('expired sessions are gone, and swept while others come', async () => {
  let now = 0
  const store = new MemorySessionStore({ clock: () => now })
  await store.create({ id: 'first', user: 'ada', createdAt: 0 }, 10)
  now = 9_999
  expect(await store.get('first')).toEqual({ id: 'first', user: 'ada', createdAt: 0 })
  now = 10_000
  for (let index = 0; index < 1000; index++) {
    await store.create({ id: `later-${index}`, user: 'bob', createdAt: now }, 10)
  }
  now = 9_999
  expect(await store.get('first')).toBeUndefined()
  expect(await store.get('later-0')).toBeDefined()
})
