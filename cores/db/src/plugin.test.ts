import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  client,
  collect,
  createApp,
  defineContext,
  defineToken,
  inject,
  type Logger,
} from '@mizan/server'
import { sqlite } from '@mizan/db-sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createDbClient,
  createStatements,
  type Database,
  eq,
  integer,
  PendingMigrationsError,
  serial,
  table,
  toSnapshot,
  TransactionEndedError,
  varchar,
} from './index.ts'
import { signal } from './dialect.conformance.ts'
import { generateMigration, migrationStatus } from './migrate.ts'
import { dbPlugin } from './plugin.ts'

const tasks = table('tasks', {
  id: serial().primaryKey(),
  listId: integer().notNull(),
  title: varchar(40).notNull(),
})
const schema = { tasks }
type Db = Database<typeof schema>
const Db = defineToken<Db>('Db')

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ListContext = defineContext('list')
let late: Promise<unknown> | undefined
let forgotten = signal()

class Tasks {
  readonly db: Db = inject(Db)

  @client({ context: ListContext })
  async list(listId: number): Promise<string[]> {
    const rows = await this.db.select().from(tasks).where(eq(tasks.listId, listId)).execute()
    return rows.map((row) => row.title)
  }

  @client
  async add(listId: number, title: string): Promise<void> {
    await this.db.insert(tasks).values({ listId, title }).execute()
    if (title === 'bad') throw new RangeError('bad title')
  }

  @client
  async addTwice(listId: number, title: string): Promise<void> {
    await this.db.insert(tasks).values({ listId, title }).execute()
    await this.db
      .transaction(async (tx) => {
        await tx.insert(tasks).values({ listId, title: 'inner' }).execute()
        throw new RangeError('inner')
      })
      .catch(() => undefined)
  }

  @client({ transaction: false })
  async addUnguarded(listId: number, title: string): Promise<void> {
    await this.db.insert(tasks).values({ listId, title }).execute()
    throw new RangeError('too late')
  }

  @client
  async forget(): Promise<void> {
    await this.db.insert(tasks).values({ listId: 9, title: 'kept' }).execute()
    late = forgotten.raised.then(() =>
      this.db.insert(tasks).values({ listId: 9, title: 'late' }).execute(),
    )
    late.catch(() => undefined)
  }
}
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mizan-plugin-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function startApp() {
  const dialect = sqlite({ url: join(folder, 'data.sqlite') })
  const database = createDbClient({ schema, dialect })
  for (const statement of createStatements(toSnapshot(schema), dialect.ddl)) {
    await sql.raw(statement).execute(database)
  }
  const app = createApp({
    functions: collect(Tasks),
    plugins: [dbPlugin({ database, token: Db, migrationsOnBoot: 'ignore' })],
    logger: silent,
  })
  await app.start()
  return { app, database, [Symbol.asyncDispose]: () => app.close() }
}

test('a mutation that throws leaves nothing behind, one that returns is committed', async () => {
  await using running = await startApp()
  const { app } = running
  await app.call(Tasks.prototype.add, [1, 'good'])
  await expect(app.call(Tasks.prototype.add, [1, 'bad'])).rejects.toThrow(RangeError)
  expect(await app.call(Tasks.prototype.list, [1])).toEqual(['good'])
})

test('an inner transaction is a savepoint of the mutation', async () => {
  await using running = await startApp()
  await running.app.call(Tasks.prototype.addTwice, [1, 'outer'])
  expect(await running.app.call(Tasks.prototype.list, [1])).toEqual(['outer'])
})

test('a function with transaction: false commits each statement', async () => {
  await using running = await startApp()
  await expect(running.app.call(Tasks.prototype.addUnguarded, [1, 'stays'])).rejects.toThrow(
    RangeError,
  )
  expect(await running.app.call(Tasks.prototype.list, [1])).toEqual(['stays'])
})

test('a statement that a mutation did not wait for is refused, not committed apart', async () => {
  await using running = await startApp()
  forgotten = signal()
  await running.app.call(Tasks.prototype.forget, [])
  forgotten.raise()
  await expect(late).rejects.toBeInstanceOf(TransactionEndedError)
  expect(await running.app.call(Tasks.prototype.list, [9])).toEqual(['kept'])
})

test('mutations that overlap do not see or undo one another', async () => {
  await using running = await startApp()
  const calls = Array.from({ length: 40 }, (_, index) =>
    running.app
      .call(Tasks.prototype.add, [2, index % 2 === 0 ? `n${index}` : 'bad'])
      .catch(() => undefined),
  )
  await Promise.all(calls)
  expect(await running.app.call(Tasks.prototype.list, [2])).toHaveLength(20)
})

test('pending migrations stop the start by default, and are applied when asked', async () => {
  const dialect = sqlite({ url: join(folder, 'boot.sqlite') })
  const migrations = join(folder, 'migrations')
  const migration = await generateMigration({ migrations, name: 'tasks', schema, dialect })
  const app = (migrationsOnBoot: 'fail-if-pending' | 'apply') =>
    createApp({
      functions: collect(Tasks),
      plugins: [
        dbPlugin({
          database: createDbClient({ schema, dialect }),
          token: Db,
          migrations,
          migrationsOnBoot,
        }),
      ],
      logger: silent,
    })
  const failing = app('fail-if-pending')
  const error: unknown = await failing.start().catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(PendingMigrationsError)
  expect((error as PendingMigrationsError).pending).toEqual([migration?.id])
  await failing.close()
  await using applying = app('apply')
  await applying.start()
  expect((await migrationStatus({ migrations, dialect })).pending).toEqual([])
  await applying.call(Tasks.prototype.add, [1, 'a'])
})

test('a folder of migrations that is named and missing stops the start', async () => {
  const database = createDbClient({ schema, dialect: sqlite({ url: ':memory:' }) })
  const app = createApp({
    functions: collect(Tasks),
    plugins: [dbPlugin({ database, token: Db, migrations: join(folder, 'migratons') })],
    logger: silent,
  })
  await expect(app.start()).rejects.toThrow(/there is no folder .*migratons/)
  await app.close()
})
