import { createDbClient, integer, table } from '@mizan/db'
import { type PostgresResource, postgres as server } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from './index.ts'

const things = table('things', { id: integer().primaryKey(), size: integer().notNull() })
let resource: PostgresResource
beforeAll(async () => {
  resource = await server()
  await using db = open()
  await sql`create table things (id int primary key, size int not null)`.execute(db)
  await sql`insert into things values (1, 10), (2, 20)`.execute(db)
})
afterAll(() => resource[Symbol.asyncDispose]())

function open(prepare?: boolean) {
  return createDbClient({
    schema: { things },
    dialect: postgres({
      url: resource.url,
      maximumConnections: 1,
      ...(prepare === undefined ? {} : { prepare }),
    }),
  })
}

type Client = ReturnType<typeof open>
const page = (on: Pick<Client, 'selectFrom'>) =>
  on.selectFrom('things').selectAll().orderBy('size').limit(1).execute()

/** On the one connection of the pool, where the text is prepared then. */
async function prepareOn(db: Client): Promise<void> {
  await db.connection().execute(async (one) => {
    for (let at = 0; at < 3; at += 1) await page(one)
    const { rows } = await sql`select 1 from pg_prepared_statements`.execute(one)
    expect(rows).not.toEqual([])
  })
}

test('a prepared statement that the server has forgotten is prepared again', async () => {
  await using db = open()
  await prepareOn(db)
  await db.connection().execute(async (one) => {
    // As a pooler does that gives the connection to somebody else in between.
    await sql`discard all`.execute(one)
    expect(await page(one)).toEqual([{ id: 1, size: 10 }])
  })
})

test('inside a transaction the whole is run again, once', async () => {
  await using db = open()
  await prepareOn(db)
  let runs = 0
  const rows = await db.transaction(async (tx) => {
    runs += 1
    if (runs === 1) await sql`deallocate all`.execute(tx)
    return page(tx)
  })
  expect([runs, rows]).toEqual([2, [{ id: 1, size: 10 }]])
  let more = 0
  const always = db.transaction(async (tx) => {
    more += 1
    for (let at = 0; at < 3; at += 1) await page(tx)
    await sql`deallocate all`.execute(tx)
    return page(tx)
  })
  await expect(always).rejects.toMatchObject({ name: 'StaleStatementError' })
  expect(more).toBe(2)
})

test('behind a pooler of transactions nothing is prepared and no connection is shared', async () => {
  await using db = open(false)
  for (let at = 0; at < 3; at += 1) await page(db)
  const byKey = (id: number) =>
    db.selectFrom('things').select('id').where('id', '=', id).executeTakeFirst()
  for (let at = 0; at < 3; at += 1) await byKey(1)
  await Promise.all([byKey(1), byKey(2)])
  const { rows } = await sql<{ prepared: number; connections: number }>`
    select (select count(*)::int from pg_prepared_statements) as prepared,
      (select count(*)::int from pg_stat_activity where application_name = 'mizan'
        and datname = current_database()) as connections`.execute(db)
  expect(rows).toEqual([{ prepared: 0, connections: 1 }])
})
