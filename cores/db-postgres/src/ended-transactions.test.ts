import { type PostgresResource, postgres as server } from '@mizan/testing/resources'
import { AuthenticationError, createDbClient } from '@mizan/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testEndedTransactions } from '../../db/src/ended-transactions.conformance.ts'
import { postgres } from './index.ts'

let resource: PostgresResource
let databases = 0
beforeAll(async () => {
  resource = await server()
})
afterAll(() => resource[Symbol.asyncDispose]())

async function open() {
  const url = new URL(resource.url)
  url.pathname = `/ended_${process.pid}_${++databases}`
  const run = async (text: string): Promise<void> => {
    await using db = createDbClient({ schema: {}, dialect: postgres({ url: resource.url }) })
    await sql.raw(text).execute(db)
  }
  await run(`create database ${url.pathname.slice(1)}`)
  return {
    dialect: postgres({ url: url.href }),
    [Symbol.asyncDispose]: () => run(`drop database ${url.pathname.slice(1)} with (force)`),
  }
}

testEndedTransactions('postgres', async () => ({
  ...(await open()),
  async endConnection(tx, from) {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(from)
  },
}))

test('whoever leaves a statement that waits ends none that runs before it on the connection', async () => {
  await using database = await open()
  await using db = createDbClient({ schema: {}, dialect: database.dialect })
  await using other = createDbClient({ schema: {}, dialect: database.dialect })
  const control = new AbortController()
  const lock = sql`select pg_advisory_xact_lock(1), 'locked' as it`
  const results = await db.transaction(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    const isRunning = sql`select 1 from pg_stat_activity
      where pid = ${rows[0]?.pid} and wait_event = 'advisory'`
    const begun = await other.transaction(async (holder) => {
      await lock.execute(holder)
      const neighbour = lock.execute(tx)
      while ((await isRunning.execute(holder)).rows.length === 0);
      const waiting = tx.selectNoFrom(sql`1`.as('one')).execute({ signal: control.signal })
      // It stands in the queue now.
      await new Promise((resolve) => setImmediate(resolve))
      control.abort()
      // Were the neighbour ended with it, that would have happened by then.
      for (let look = 0; look < 20; look += 1) await isRunning.execute(holder)
      return [neighbour, waiting]
    })
    return Promise.allSettled(begun)
  })
  expect(results[0]).toMatchObject({ status: 'fulfilled', value: { rows: [{ it: 'locked' }] } })
})

// It writes the access rules of the whole server.
test.skipIf(process.env['DATABASE_URL'])(
  'a wrong password says what to check, and stands in no message',
  async () => {
    await using db = createDbClient({ schema: {}, dialect: postgres({ url: resource.url }) })
    await sql`create role locked login password 'the right one'`.execute(db)
    const { rows } = await sql<{ hba_file: string }>`show hba_file`.execute(db)
    await sql
      .raw(
        `copy (values ('local all locked scram-sha-256'), ('host all locked all scram-sha-256'), ('local all all trust'), ('host all all all trust')) to '${rows[0]?.hba_file}'`,
      )
      .execute(db)
    await sql`select pg_reload_conf()`.execute(db)
    const connect = async (password: string): Promise<unknown> => {
      const url = new URL(resource.url)
      url.username = 'locked'
      url.password = password
      await using locked = createDbClient({ schema: {}, dialect: postgres({ url: url.href }) })
      return await locked.connect().catch((error: unknown) => error)
    }
    let refused: unknown
    // The server reads the rules a moment after it was told to.
    while (refused === undefined) refused = await connect('a guess of mine')
    expect(refused).toBeInstanceOf(AuthenticationError)
    expect(String(refused)).toMatch(/check user.* password/)
    const { message, stack, cause } = refused as Error // cast: asserted above
    expect(JSON.stringify([message, stack, String(cause)])).not.toContain('guess')
    expect(await connect('the right one')).toBeUndefined()
  },
)
