import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@mizan/db-sqlite'
import {
  client,
  collect,
  createApp,
  defineContext,
  defineToken,
  inject,
  type App,
  type Logger,
  type Principal,
  type Scope,
  signIn,
  type Token,
} from '@mizan/server'
import { createCaller } from '@mizan/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { signal } from './dialect.conformance.ts'
import {
  createDbClient,
  createStatements,
  type Database,
  eq,
  integer,
  serial,
  table,
  text,
  toSnapshot,
} from './index.ts'
import { tenantDbPlugin, type TenantDbPluginOptions } from './plugin.ts'

const tasks = table('tasks', {
  id: serial().primaryKey(),
  listId: integer().notNull().tag(),
  title: text().notNull(),
})
const schema = { tasks }
type Db = Database<typeof schema>
const TenantDb: Token<Db> = defineToken('TenantDb')
const ListContext = defineContext('list')
const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Runs of the context. */
let runs = 0
/** What a test does inside a run. */
let during: () => Promise<unknown> = () => Promise.resolve()

class Tasks {
  readonly db: Db = inject(TenantDb)

  @client({ context: ListContext, cache: 60 })
  async titles(listId: number): Promise<string[]> {
    runs += 1
    await during()
    const rows = await this.db
      .select()
      .from(tasks)
      .where(eq(tasks.listId, listId))
      .orderBy(tasks.id)
      .execute()
    return rows.map((row) => row.title)
  }

  @client
  async add(listId: number, title: string): Promise<void> {
    await this.db.insert(tasks).values({ listId, title }).execute()
    await during()
    if (title === 'bad') throw new RangeError('bad title')
  }

  @client
  async login(tenant: string): Promise<void> {
    await signIn(`ann of ${tenant}`)
  }

  @client
  async addTwice(listId: number): Promise<number> {
    return this.db.transaction(async (tx) => {
      await tx.insert(tasks).values({ listId, title: 'x' }).execute()
      await this.db.insert(tasks).values({ listId, title: 'y' }).execute()
      return (await tx.select().from(tasks).execute()).length
    })
  }
}

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mizan-tenants-'))
  runs = 0
  during = () => Promise.resolve()
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function openTenant(tenant: string): Promise<void> {
  await using db = createDbClient({ schema, dialect: dialectOf(tenant) })
  for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
    await db.runDirectly('apart', (execute) => execute(statement))
}

const dialectOf = (tenant: string) => sqlite({ url: join(folder, `${tenant}.sqlite`) })

async function startApp(options: Partial<TenantDbPluginOptions<typeof schema>> = {}) {
  for (const tenant of ['acme', 'globex', 'initech']) await openTenant(tenant)
  const opened: string[] = []
  const plugin = tenantDbPlugin({
    token: TenantDb,
    migrationsOnBoot: 'ignore',
    open(tenant) {
      opened.push(tenant)
      return createDbClient({ schema, dialect: dialectOf(tenant) })
    },
    ...options,
  })
  const app = createApp({
    functions: collect(Tasks),
    plugins: [plugin],
    cache: { secret: 'a-cache-secret-for-tests-of-32-bytes!' },
    identity: {
      secret: 'an-identity-secret-for-tests-32-bytes!',
      resolve: async (id) => of(id.replace('ann of ', '')),
    },
    logger: silent,
  })
  await app.start()
  return { app, plugin, opened, [Symbol.asyncDispose]: () => app.close() }
}

const of = (tenant: string, id = 'ann'): Principal => ({
  id,
  tenant,
  staff: false,
  superuser: false,
})

test('two tenants at once see their own rows, write their own, and wait for nobody', async () => {
  await using running = await startApp()
  const { app, plugin } = running
  const both = [signal(), signal()]
  let inside = 0
  during = async () => {
    both[inside++]?.raise()
    await Promise.all(both.map((one) => one.raised))
  }
  await Promise.all([
    app.call(Tasks.prototype.add, [1, 'of acme'], of('acme')),
    app.call(Tasks.prototype.add, [1, 'of globex'], of('globex')),
  ])
  during = () => Promise.resolve()
  const lists = await Promise.all(
    ['acme', 'globex', 'acme'].map((tenant) => app.call(Tasks.prototype.titles, [1], of(tenant))),
  )
  expect(lists).toEqual([['of acme'], ['of globex'], ['of acme']])
  const globex = await plugin.of('globex')
  expect(await globex.select({ title: tasks.title }).from(tasks).execute()).toEqual([
    { title: 'of globex' },
  ])
})

/** Ann's browser, as it is signed in for a tenant. */
async function visitor(app: App, tenant: string) {
  const caller = createCaller(app)
  await caller.call('login', { tenant })
  return {
    add: (title: string) => caller.call('add', { list_id: 1, title }),
    read: async () => (await caller.fetchContext('list', { list_id: 1 }))['titles'],
  }
}

test('one person in two tenants is two callers of the cache, and a change in one ends nothing of the other', async () => {
  await using running = await startApp({ tenants: () => Promise.resolve(['acme', 'globex']) })
  const acme = await visitor(running.app, 'acme')
  const globex = await visitor(running.app, 'globex')
  await acme.add('of acme')
  await globex.add('of globex')
  // A run after the first knows the tags, and is stored.
  for (let at = 0; at < 3; at += 1)
    expect([await acme.read(), await globex.read()]).toEqual([['of acme'], ['of globex']])
  const before = runs
  expect([await acme.read(), await globex.read()]).toEqual([['of acme'], ['of globex']])
  expect(runs).toBe(before)
  await acme.add('another')
  expect(await globex.read()).toEqual(['of globex'])
  expect(runs).toBe(before)
  expect(await acme.read()).toEqual(['of acme', 'another'])
  expect(runs).toBe(before + 1)
})

test('reads of two tenants at the same moment are two runs', async () => {
  await using running = await startApp({ tenants: () => Promise.resolve(['acme', 'globex']) })
  const visitors = [await visitor(running.app, 'acme'), await visitor(running.app, 'globex')]
  for (const [at, one] of visitors.entries()) await one.add(`of ${at}`)
  expect(await Promise.all(visitors.map((one) => one.read()))).toEqual([['of 0'], ['of 1']])
  expect(runs).toBe(2)
})

test('what a job changes in one tenant ends the cached answers of that tenant', async () => {
  await using running = await startApp({ tenants: () => Promise.resolve(['acme', 'globex']) })
  const [acme, globex] = [await visitor(running.app, 'acme'), await visitor(running.app, 'globex')]
  for (let at = 0; at < 3; at += 1) await Promise.all([acme.read(), globex.read()])
  const before = runs
  const database = await running.plugin.of('acme')
  await database.transaction((tx) => tx.insert(tasks).values({ listId: 1, title: 'job' }).execute())
  expect([await globex.read(), await acme.read()]).toEqual([[], ['job']])
  expect(runs).toBe(before + 1)
  // Its purge was carried out, so nothing is left to be swept.
  const owed = () =>
    database.runDirectly('apart', async (execute) =>
      Number((await execute('select count(*) as n from mizan_outbox')).rows[0]?.['n']),
    )
  await expect.poll(owed).toBe(0)
})

test('a mutation that throws leaves nothing behind, an inner transaction is a savepoint of it', async () => {
  await using running = await startApp()
  const { app } = running
  await expect(app.call(Tasks.prototype.add, [1, 'bad'], of('acme'))).rejects.toThrow(RangeError)
  expect(await app.call(Tasks.prototype.addTwice, [1], of('acme'))).toBe(2)
  expect(await app.call(Tasks.prototype.titles, [1], of('acme'))).toEqual(['x', 'y'])
  expect(await app.call(Tasks.prototype.titles, [1], of('globex'))).toEqual([])
})

test('a caller without a tenant, and a name that is none, reach no database', async () => {
  await using running = await startApp()
  const { app, opened } = running
  await expect(app.call(Tasks.prototype.titles, [1])).rejects.toMatchObject({ code: 'no_tenant' })
  for (const name of ['../acme', 'a/b', '', 'x'.repeat(64), 'acme:*'])
    await expect(app.call(Tasks.prototype.titles, [1], of(name))).rejects.toMatchObject({
      code: 'invalid_tenant',
    })
  await expect(running.plugin.of('*')).rejects.toMatchObject({ code: 'invalid_tenant' })
  expect(opened).toEqual([])
})

test('clients that nobody uses are closed when there are too many, those in use never', async () => {
  await using running = await startApp({ maximum: 1 })
  const { app, opened, plugin } = running
  const read = async (tenant: string) => {
    await plugin.of(tenant)
    return app.call(Tasks.prototype.titles, [1], of(tenant))
  }
  await read('acme')
  await read('globex')
  await read('globex')
  await read('acme')
  expect(opened).toEqual(['acme', 'globex', 'acme'])
  expect((await app.inspect()).plugins).toMatchObject([{ state: { tenants: 1 } }])
  const held = signal()
  const inside = signal()
  during = async () => {
    inside.raise()
    await held.raised
  }
  const adding = app.call(Tasks.prototype.add, [1, 'held'], of('acme'))
  await inside.raised
  during = () => Promise.resolve()
  await read('initech')
  held.raise()
  await adding
  expect(await (await plugin.of('acme')).select().from(tasks).execute()).toHaveLength(1)
  expect(opened).toEqual(['acme', 'globex', 'acme', 'initech'])
})

test('with a rule of its own the app says whose run it is, and no cache keeps the answer', async () => {
  let tenant = 'acme'
  await using running = await startApp({ tenantOf: (_scope: Scope) => tenant })
  const { app } = running
  await app.call(Tasks.prototype.add, [1, 'of acme'])
  tenant = 'globex'
  await app.call(Tasks.prototype.add, [1, 'of globex'])
  expect(await app.call(Tasks.prototype.titles, [1])).toEqual(['of globex'])
  tenant = 'acme'
  expect(await app.call(Tasks.prototype.titles, [1])).toEqual(['of acme'])
})

test('the injected database is a Database, is closed by the plugin only, and a job names its tenant', async () => {
  await using running = await startApp({ tenants: () => Promise.resolve(['acme', 'initech']) })
  expect(running.opened).toEqual(['acme', 'initech'])
  const acme = await running.plugin.of('acme')
  await acme.insert(tasks).values({ listId: 1, title: 'by a job' }).execute()
  expect(await running.app.call(Tasks.prototype.titles, [1], of('acme'))).toEqual(['by a job'])
})
