import { postgres } from '@mizan/db-postgres'
import { sqlite } from '@mizan/db-sqlite'
import {
  client,
  collect,
  createApp,
  defineContext,
  defineToken,
  inject,
  type Logger,
  type Principal,
  type Token,
} from '@mizan/server'
import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDbClient, type Database, integer, serial, table, text } from './index.ts'
import { dbPlugin } from './plugin.ts'

const notes = table('notes', {
  id: serial().primaryKey(),
  owner: text().notNull(),
  body: text().notNull(),
})
const schema = { notes }
type Db = Database<typeof schema>
const Db: Token<Db> = defineToken('Db')
const NotesContext = defineContext('notes')
const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

class Notes {
  readonly db: Db = inject(Db)

  @client({ context: NotesContext })
  async bodies(): Promise<string[]> {
    const [rows, again] = await Promise.all([
      this.db.select().from(notes).orderBy(notes.id).execute(),
      this.db.query.notes.findMany(),
    ])
    return [...rows, ...again].map((row) => row.body)
  }

  @client({ context: NotesContext })
  async write(): Promise<string> {
    await this.db.insert(notes).values({ owner: 'x', body: 'written by a read' }).execute()
    return 'x'
  }

  @client
  async add(owner: string, body: string): Promise<void> {
    await this.db.insert(notes).values({ owner, body }).execute()
  }

  @client({ transaction: false })
  async addUnbound(owner: string): Promise<void> {
    await this.db.insert(notes).values({ owner, body: 'unbound' }).execute()
  }
}

const login = `login_${process.pid}`
let resource: PostgresResource
let url: string

beforeAll(async () => {
  resource = await server()
  await using admin = createDbClient({ schema, dialect: postgres({ url: resource.url }) })
  for (const statement of [
    'create table notes (id serial primary key, owner text not null, body text not null)',
    'alter table notes enable row level security',
    `create policy own_notes on notes using (owner = current_setting('app.user_id', true))`,
    `do $$ begin create role ${login} login password 'x'; exception when duplicate_object then null; end $$`,
    `grant select, insert on notes to ${login}`,
    `grant usage on sequence notes_id_seq to ${login}`,
    `grant create on schema public to ${login}`,
  ])
    await sql.raw(statement).execute(admin)
  const own = new URL(resource.url)
  own.username = login
  own.password = 'x'
  url = own.href
})

afterAll(async () => {
  await using admin = createDbClient({ schema, dialect: postgres({ url: resource.url }) })
  for (const statement of [`drop owned by ${login}`, `drop role ${login}`])
    await sql.raw(statement).execute(admin)
  await admin.destroy()
  await resource[Symbol.asyncDispose]()
})

beforeEach(async () => {
  await using admin = createDbClient({ schema, dialect: postgres({ url: resource.url }) })
  await admin.deleteFrom('notes').execute()
})

async function startApp(maximumConnections: number) {
  const database = createDbClient({ schema, dialect: postgres({ url, maximumConnections }) })
  const plugin = dbPlugin({
    database,
    token: Db,
    migrationsOnBoot: 'ignore',
    bind: (scope) => ({ 'app.user_id': scope.principal?.id ?? '' }),
  })
  const app = createApp({ functions: collect(Notes), plugins: [plugin], logger: silent })
  await app.start()
  return { app, database, [Symbol.asyncDispose]: () => app.close() }
}

const as = (id: string): Principal => ({ id, staff: false, superuser: false })

test("each run's statements are under its own settings, whoever had the connection before", async () => {
  for (const connections of [1, 3]) {
    await using running = await startApp(connections)
    const { app } = running
    const names = ['ann', 'bob', 'it\'s "eve"; drop table notes']
    await Promise.all(
      names.map((name) => app.call(Notes.prototype.add, [name, `of ${name}`], as(name))),
    )
    const read = await Promise.all(
      [...names, ...names].map((name) => app.call(Notes.prototype.bodies, [], as(name))),
    )
    expect(read).toEqual([...names, ...names].map((name) => expect.arrayContaining([`of ${name}`])))
    expect(read.every((bodies) => new Set(bodies).size === 1)).toBe(true)
    expect(await app.call(Notes.prototype.bodies, [])).toEqual([])
    // Outside of runs there are none, and nothing was left on the connection.
    expect(await running.database.select().from(notes).execute()).toEqual([])
  }
})

test('a change is under them too, a read cannot write, and without a transaction there are none', async () => {
  await using running = await startApp(2)
  const { app } = running
  await expect(app.call(Notes.prototype.add, ['bob', 'forged'], as('ann'))).rejects.toThrow(
    /row-level security/,
  )
  await expect(app.call(Notes.prototype.write, [], as('x'))).rejects.toThrow(/read-only/)
  await expect(app.call(Notes.prototype.addUnbound, ['ann'], as('ann'))).rejects.toThrow(
    /row-level security/,
  )
  expect(await app.call(Notes.prototype.bodies, [], as('ann'))).toEqual([])
})

test('a database without such settings is refused when the plugin is made', () => {
  const other = { things: table('things', { id: integer().primaryKey() }) }
  const database = createDbClient({ schema: other, dialect: sqlite({ url: ':memory:' }) })
  expect(() => dbPlugin({ database, bind: () => ({}) })).toThrow(/sqlite has no settings/)
})
