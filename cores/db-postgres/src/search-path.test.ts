import { postgres as server } from '@mizan/testing/resources'
import { createDbClient, createStatements, eq, integer, table, text, toSnapshot } from '@mizan/db'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { postgres } from './index.ts'

const tasks = table('tasks', { id: integer().primaryKey(), title: text().notNull() })
const schema = { tasks }

test('tenants with a schema each share a database and no rows, in every layer', async () => {
  await using resource = await server()
  const open = (searchPath: string) =>
    createDbClient({ schema, dialect: postgres({ url: resource.url, searchPath }) })
  await using admin = createDbClient({ schema: {}, dialect: postgres({ url: resource.url }) })
  await using acme = open('tenant_acme')
  await using globex = open('tenant_globex')
  for (const [db, name] of [
    [acme, 'tenant_acme'],
    [globex, 'tenant_globex'],
  ] as const) {
    await sql.raw(`create schema ${name}`).execute(admin)
    for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
      await sql.raw(statement).execute(db)
    await db.insert(tasks).values({ id: 1, title: name }).execute()
  }
  // Prepared and shared, too.
  for (let at = 0; at < 3; at += 1) {
    const rows = await Promise.all(
      [acme, globex].map((db) => db.select().from(tasks).where(eq(tasks.id, 1)).executeTakeFirst()),
    )
    expect(rows.map((row) => row?.title)).toEqual(['tenant_acme', 'tenant_globex'])
    expect((await globex.query.tasks.findFirst())?.title).toBe('tenant_globex')
  }
  await acme.transaction((tx) => tx.deleteFrom('tasks').execute())
  expect([
    (await acme.select().from(tasks).execute()).length,
    (await globex.select().from(tasks).execute()).length,
  ]).toEqual([0, 1])
})

test('the name of a schema that comes from outside is a name, never another setting', () => {
  const url = 'postgres://postgres@localhost/x'
  for (const searchPath of [
    'a b',
    'a -c log_statement=all',
    'a,public',
    '',
    'Ä',
    'x'.repeat(64),
    '1a',
  ])
    expect(() => postgres({ url, searchPath }), searchPath).toThrow(TypeError)
})
