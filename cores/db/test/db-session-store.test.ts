/** The store of this package and the one in memory, compared: what one does the other does. */

import { MemorySessionStore, type Session, type SessionStore } from '@mizan/server'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDbClient } from '../src/index.ts'
import { DbSessionStore } from '../src/plugin.ts'
import { dialects } from './dialects.ts'

const now = 1_790_000_000_000

type Step =
  | { readonly do: 'create'; readonly id: string; readonly user: string; readonly tokens: boolean }
  | { readonly do: 'rotate'; readonly id: string; readonly jti: string; readonly after: number }
  | { readonly do: 'touch'; readonly id: string }
  | { readonly do: 'delete'; readonly id: string }
  | { readonly do: 'list'; readonly user: string }

// Some differ in what a careless collation takes for nothing.
const id = fc.constantFrom('s1', 'S1', 's1 ')
const user = fc.constantFrom('ada', 'Ada', 'bob\n{x}', 'ä'.repeat(300))
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), id, user, tokens: fc.boolean() }),
  fc.record({
    do: fc.constant('rotate' as const),
    id,
    jti: fc.constantFrom('first', 'n0', 'n1', 'n2', 'n3', 'n4'),
    after: fc.constantFrom(0, 9_000, 10_000, 10_001),
  }),
  fc.record({ do: fc.constant('touch' as const), id }),
  fc.record({ do: fc.constant('delete' as const), id }),
  fc.record({ do: fc.constant('list' as const), user }),
)

type Store = Required<Omit<SessionStore, 'close'>>

async function perform(on: Store, steps: readonly Step[], run: number): Promise<unknown[]> {
  const results: unknown[] = []
  let time = now
  const name = (text: string): string => `${run}-${text}`
  for (const [index, one] of steps.entries()) {
    if (one.do === 'create') {
      const session: Session = {
        id: name(one.id),
        user: name(one.user),
        createdAt: now,
        ...(one.tokens
          ? { expiresAt: now + 500_000, refresh: { current: 'first', rotatedAt: now } }
          : {}),
      }
      await on.delete(session.id)
      await on.create(session, 1_000)
    } else if (one.do === 'rotate') {
      time += one.after
      const rotation = { presented: one.jti, successor: `n${index}`, now: time, grace: 10_000 }
      results.push(await on.rotate(name(one.id), { ...rotation, ttl: 1_000 }))
    } else if (one.do === 'touch') await on.touch(name(one.id), time)
    else if (one.do === 'delete') await on.delete(name(one.id))
    else {
      const listed = await on.list(name(one.user))
      results.push([...listed].sort((a, b) => (a.id < b.id ? -1 : 1)))
    }
    if ('id' in one) results.push(await on.get(name(one.id)))
  }
  return results
}

describe.each(dialects)('%s:', (dialectName, open) => {
  test('the table and memory give the same answers to the same questions', async () => {
    await using opened = await open()
    await using database = createDbClient({ schema: {}, dialect: opened.dialect })
    const store = new DbSessionStore(database, { clock: () => now })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const run = (runs += 1)
        const memory = new MemorySessionStore({ clock: () => now })
        expect(await perform(store, steps, run)).toEqual(await perform(memory, steps, run))
      }),
      { numRuns: dialectName === 'sqlite' ? 100 : 40 },
    )
  })

  test('of many that rotate one token at once, all get one successor', async () => {
    await using opened = await open()
    await using database = createDbClient({ schema: {}, dialect: opened.dialect })
    const stores = Array.from({ length: 5 }, () => new DbSessionStore(database))
    const session = { id: 'race', user: 'ada', createdAt: Date.now() }
    await stores[0]?.create(
      { ...session, refresh: { current: 'first', rotatedAt: session.createdAt } },
      100,
    )
    const rotated = await Promise.all(
      stores.map((store, index) =>
        store.rotate('race', {
          presented: 'first',
          successor: String(index),
          now: Date.now(),
          grace: 10_000,
          ttl: 100,
        }),
      ),
    )
    expect(new Set(rotated.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(rotated[0]).toMatchObject({ state: 'rotated' })
  })

  test('a session that is over is none, and its row goes', async () => {
    await using opened = await open()
    await using database = createDbClient({ schema: {}, dialect: opened.dialect })
    let time = now
    const store = new DbSessionStore(database, { clock: () => time })
    await store.create({ id: 'old', user: 'ada', createdAt: now }, 10)
    time += 10_000
    expect(await store.get('old')).toBeUndefined()
    expect(await store.list('ada')).toEqual([])
    for (let index = 0; index < 100; index++)
      await store.create({ id: `new-${index}`, user: 'bob', createdAt: time }, 10)
    const left = await database.runDirectly('apart', (execute) =>
      execute('select count(*) as n from mizan_sessions'),
    )
    expect(Number(left.rows[0]?.['n'])).toBe(100)
  })
})
