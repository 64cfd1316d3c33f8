import { createCaller, nothingKept, recordInvalidations } from '@mizan/testing'
import { sqlite } from '@mizan/db-sqlite'
import { mizan } from '@mizan/node'
import { nodeServer } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { cacheSecret, createNotes, notes, openNotes } from './notes-app.ts'

async function open(during?: Parameters<typeof openNotes>[0]['during']) {
  const dialect = sqlite({ url: ':memory:' })
  await createNotes(dialect)
  return openNotes({
    dialect,
    cache: { secret: cacheSecret, store: nothingKept },
    ...(during === undefined ? {} : { during }),
  })
}

/** Digests in a header of an answer. */
function digests({ headers }: Response, name: string): string[] {
  return (headers.get(name) ?? '').split(', ').filter((one) => one !== '')
}

test('over HTTP, what was read and what was changed are told in the same words', async () => {
  await using running = await open()
  await using http = await nodeServer(mizan(running.app))
  const base = `${http.url}/api/mizan`
  const tagsOf = async (context: string): Promise<string[]> =>
    digests(await fetch(`${base}/ctx/${context}`), 'x-mizan-tags')
  const call = (fn: string, args: unknown) =>
    fetch(`${base}/call/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fn, args }),
    })
  const first = await tagsOf('list/?list_id=1')
  const second = await tagsOf('list/?list_id=2')
  const total = await tagsOf('total/')
  for (const tag of [...first, ...second, ...total]) expect(tag).toMatch(/^[\da-f]{32}$/)

  const answer = await call('add', { list_id: 2, body: 'b' })
  expect(answer.status).toBe(200)
  const changed = digests(answer, 'x-mizan-changed')
  const meets = (tags: readonly string[]) => tags.some((tag) => changed.includes(tag))
  expect([meets(first), meets(second), meets(total)]).toEqual([false, true, true])
  // No word of it leaves: neither tables nor keys.
  expect(JSON.stringify([...answer.headers])).not.toMatch(/notes|list_id/)
})

test('a client that knows no tags is told which contexts may have read what was changed', async () => {
  await using running = await open()
  const { caller } = running
  const add = async () => (await caller.call('add', { list_id: 2, body: 'b' })).invalidate
  // What never ran here may have run elsewhere.
  expect(await add()).toEqual(['list', 'names', 'total'])
  for (const [name, params] of [
    ['list', { list_id: 1 }],
    ['names', {}],
    ['total', {}],
  ] as const)
    await caller.fetchContext(name, params)
  expect(await add()).toEqual(['list', 'total'])
})

test('a mutation that was rolled back, and one that changed nothing, tell of no change', async () => {
  let fails = true
  await using running = await open(async (db) => {
    if (!fails) return
    await db.insert(notes).values({ listId: 1, body: 'b' }).execute()
    throw new RangeError('no')
  })
  await using http = await nodeServer(mizan(running.app))
  const call = () =>
    fetch(`${http.url}/api/mizan/call/change/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  const failed = await call()
  expect([failed.status, failed.headers.get('x-mizan-changed')]).toEqual([500, null])
  fails = false
  const idle = await call()
  expect([idle.status, idle.headers.get('x-mizan-changed')]).toEqual([200, null])
})

test('the recorder finds nothing to complain of where all goes through the data core', async () => {
  await using running = await open()
  const recorder = recordInvalidations(running.app)
  const caller = createCaller(recorder.app)
  for (const listId of [1, 2]) await caller.fetchContext('list', { list_id: listId })
  await caller.fetchContext('total')
  await caller.call('add', { list_id: 2, body: 'b' })
  await caller.call('add_apart', { list_id: 1, body: 'c' })
  expect(recorder.calls.map(({ fn }) => fn)).toEqual(['add', 'add_apart'])
  expect([recorder.missed(), recorder.needless()]).toEqual([[], []])
})

test('the recorder reports what a call changed behind the data core, and what it named for nothing', async () => {
  let hidden = true
  await using running = await open(async (db) => {
    if (hidden) {
      await db.runDirectly('in run', (execute) =>
        execute(`insert into notes (list_id, body) values (1, 'hidden')`),
      )
    } else await sql`select touch_nothing from (select 1 as touch_nothing) where 1 = 0`.execute(db)
    await db.update(notes).set({ body: 'same' }).where('listId', '=', 2).execute()
  })
  const recorder = recordInvalidations(running.app)
  const caller = createCaller(recorder.app)
  for (const listId of [1, 2]) await caller.fetchContext('list', { list_id: listId })
  await caller.call('change')
  expect(recorder.missed()).toEqual(['change: list (list_id=1)'])
  expect(recorder.needless()).toEqual(['change: list (list_id=2)'])
  hidden = false
  await caller.call('change')
  expect(recorder.calls.at(-1)).toEqual({
    fn: 'change',
    changed: [],
    missed: [],
    needless: [{ context: 'list', params: { list_id: '2' } }],
  })
})
