import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDbClient, integer, routedDb, table, text } from '@mizan/db'
import { postgres } from '@mizan/db-postgres'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { sqlite } from './index.ts'

const notes = table('notes', { id: integer().primaryKey(), body: text().notNull() })
const others = table('others', { id: integer().primaryKey() })
const schema = { notes, others }

test('where nobody can tell how far a replica is, changed tables are read from the primary for a while', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-routed-'))
  const dialects = ['primary', 'copy'].map((name) => sqlite({ url: join(folder, name) }))
  for (const [at, dialect] of dialects.entries()) {
    await using db = createDbClient({ schema, dialect })
    await sql`create table notes (id integer primary key, body text not null)`.execute(db)
    await sql`create table others (id integer primary key)`.execute(db)
    await db
      .insert(notes)
      .values({ id: 1, body: at === 0 ? 'primary' : 'copy' })
      .execute()
    if (at === 1) await db.insert(others).values({ id: 1 }).execute()
  }
  let now = 0
  {
    const [primary, copy] = dialects as [(typeof dialects)[0], (typeof dialects)[0]]
    await using db = routedDb({
      schema,
      primary,
      replicas: [copy],
      window: 1000,
      clock: () => now,
    })
    const bodies = async () => (await db.select().from(notes).execute()).map((row) => row.body)
    expect(await bodies()).toEqual(['copy'])
    await db.insert(notes).values({ id: 2, body: 'new' }).execute()
    expect(await bodies()).toEqual(['primary', 'new'])
    expect(await db.select().from(others).execute()).toHaveLength(1)
    now = 999
    expect(await bodies()).toEqual(['primary', 'new'])
    now = 1000
    expect(await bodies()).toEqual(['copy'])
  }
  await rm(folder, { recursive: true, force: true })
})

test('a replica of another dialect is refused', () => {
  const primary = sqlite({ url: ':memory:' })
  const copy = postgres({ url: 'postgres://nobody@localhost/x' })
  expect(() => routedDb({ schema, primary, replicas: [copy] })).toThrow(
    /a replica of sqlite is not postgres/,
  )
})
