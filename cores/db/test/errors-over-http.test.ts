import { sqlite } from '@mizan/db-sqlite'
import { client, collect, createApp, defineToken, inject, type Token } from '@mizan/server'
import { createInProcessFetch } from '@mizan/testing'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  createDbClient,
  createStatements,
  type Database,
  integer,
  table,
  text,
  toSnapshot,
  UniqueViolationError,
} from '../src/index.ts'
import { dbPlugin } from '../src/plugin.ts'

const accounts = table('accounts', {
  id: integer().primaryKey(),
  email: text().notNull().unique(),
})
const schema = { accounts }
type Db = Database<typeof schema>
const Db: Token<Db> = defineToken('Db')

class Accounts {
  readonly db: Db = inject(Db)

  @client
  async add(email: string): Promise<void> {
    await this.db.insert(accounts).values({ id: 2, email }).execute()
  }

  @client
  async wrong(email: string): Promise<unknown> {
    return (await sql`select hidden_column from accounts where email = ${email}`.execute(this.db))
      .rows
  }
}

test('what the database says of a value, a statement or a table reaches the log and never the client', async () => {
  const database = createDbClient({ schema, dialect: sqlite({ url: ':memory:' }) })
  for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
    await sql.raw(statement).execute(database)
  await database.insert(accounts).values({ id: 1, email: 'secret@example.com' }).execute()
  const log: unknown[] = []
  const keep = (facts: unknown): void => void log.push(facts)
  await using app = createApp({
    functions: collect(Accounts),
    plugins: [dbPlugin({ database, token: Db, migrationsOnBoot: 'ignore' })],
    logger: { info: () => undefined, warn: keep, error: keep },
  })
  await app.start()
  const fetch = createInProcessFetch(app)
  for (const fn of ['add', 'wrong']) {
    const response = await fetch(`${app.base}/call/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mizan-artifact': app.artifact.digest },
      body: JSON.stringify({ fn, args: { email: 'secret@example.com' } }),
    })
    expect(response.status).toBe(500)
    const answer = await response.text()
    expect(answer).toContain('INTERNAL')
    expect(answer).not.toMatch(/secret|accounts|email|select|insert|column|sqlite/i)
  }
  expect(log).toHaveLength(2)
  expect(log[0]).toMatchObject({ error: { code: 'unique_violation', table: 'accounts' } })
  expect((log[0] as { error: unknown }).error).toBeInstanceOf(UniqueViolationError)
  expect(JSON.stringify(log)).not.toContain('secret')
})
