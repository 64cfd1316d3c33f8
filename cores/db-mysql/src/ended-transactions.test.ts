import { AuthenticationError, createDbClient } from '@mizan/db'
import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testEndedTransactions } from '../../db/src/ended-transactions.conformance.ts'
import { mysql } from './index.ts'

let resource: MariadbResource
let databases = 0
beforeAll(async () => {
  resource = await mariadb()
})
afterAll(() => resource[Symbol.asyncDispose]())

const run = async (text: string): Promise<void> => {
  await using db = createDbClient({ schema: {}, dialect: mysql({ url: resource.url }) })
  await sql.raw(text).execute(db)
}

async function open() {
  const url = new URL(resource.url)
  url.pathname = `/ended_${process.pid}_${++databases}`
  await run(`create database ${url.pathname.slice(1)}`)
  return {
    dialect: mysql({ url: url.href }),
    [Symbol.asyncDispose]: () => run(`drop database ${url.pathname.slice(1)}`),
  }
}

testEndedTransactions('mariadb', async () => ({
  ...(await open()),
  async endConnection(tx, from) {
    const { rows } = await sql<{ id: bigint }>`select connection_id() as id`.execute(tx)
    const id = String(rows[0]?.id)
    await sql.raw(`kill ${id}`).execute(from)
    const isThere = async (): Promise<boolean> =>
      (
        await sql`select 1 from information_schema.processlist where id = ${Number(id)}`.execute(
          from,
        )
      ).rows.length > 0
    while (await isThere());
  },
}))

test('a wrong password says what to check, and stands in no message', async () => {
  const user = `locked_${process.pid}`
  await run(`create user ${user}@'%' identified by 'the right one'`)
  try {
    const connect = async (password: string): Promise<unknown> => {
      const url = new URL(resource.url)
      url.username = user
      url.password = password
      url.pathname = '/'
      await using db = createDbClient({ schema: {}, dialect: mysql({ url: url.href }) })
      return await db.connect().catch((error: unknown) => error)
    }
    const refused = await connect('a guess of mine')
    expect(refused).toBeInstanceOf(AuthenticationError)
    expect(String(refused)).toMatch(/check user.* password/)
    const { message, stack, cause } = refused as Error // cast: asserted above
    expect(JSON.stringify([message, stack, String(cause)])).not.toContain('guess')
    expect(await connect('the right one')).toBeUndefined()
  } finally {
    await run(`drop user ${user}@'%'`)
  }
})
