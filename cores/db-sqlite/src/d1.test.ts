import { fileURLToPath } from 'node:url'
import { workerd, type WorkerdResource } from '@mizan/testing/resources'
import {
  check,
  createDbClient,
  createStatements,
  DbError,
  type DdlFacts,
  eq,
  integer,
  MigrationPlanError,
  planChanges,
  relations,
  serial,
  StreamingNotSupportedError,
  table,
  text,
  toSnapshot,
  TransactionsNotSupportedError,
  UniqueViolationError,
  ValueError,
} from '@mizan/db'
import { build } from 'esbuild'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { openBench } from '../../db/src/dialect-conformance/bench.conformance.ts'
import { testErrors } from '../../db/src/dialect-conformance/errors.conformance.ts'
import { testInjection } from '../../db/src/dialect-conformance/injection.conformance.ts'
import { testObservation } from '../../db/src/dialect-conformance/observation.conformance.ts'
import { testQueries } from '../../db/src/dialect-conformance/queries.conformance.ts'
import { testReturning } from '../../db/src/dialect-conformance/returning.conformance.ts'
import { testValues } from '../../db/src/dialect-conformance/values.conformance.ts'
import { d1 } from './d1.ts'
import { sqlite } from './index.ts'

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('../test/d1.worker.ts', import.meta.url))],
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  target: 'es2023',
  conditions: ['@mizan/source', 'workerd', 'worker'],
})
const worker: WorkerdResource = await workerd({
  modules: true,
  script: bundle.outputFiles[0]?.text ?? '',
  compatibilityDate: '2026-01-01',
  d1Databases: ['SUITE', 'OWN', 'DB'],
})
const openD1 = async (name: string) => d1({ database: await worker.miniflare.getD1Database(name) })

afterAll(() => worker[Symbol.asyncDispose]())

const bench = await openBench(async () => ({
  dialect: await openD1('SUITE'),
  largestInteger: BigInt(Number.MAX_SAFE_INTEGER),
  async [Symbol.asyncDispose]() {
    // The database ends with its Worker.
  },
}))
describe('d1:', () => {
  testValues(bench)
  testQueries(bench)
  testInjection(bench)
  testErrors(bench)
  testObservation(bench)
  testReturning(bench)
})

const lists = table('lists', {
  id: serial().primaryKey(),
  name: text().notNull().unique(),
  // More columns than a function of D1 takes arguments.
  ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, integer()])),
})
const tasks = table('tasks', {
  id: serial().primaryKey(),
  listId: integer()
    .notNull()
    .references(() => lists.id),
  title: text().notNull(),
})
const listRelations = relations(lists, ({ many }) => ({ tasks: many(tasks) }))
const taskRelations = relations(tasks, ({ one }) => ({
  list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
}))
const schema = { lists, tasks, listRelations, taskRelations }
let isMade = false

async function open() {
  const db = createDbClient({ schema, dialect: await openD1('OWN') })
  if (!isMade)
    for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
      await sql.raw(statement).execute(db)
  isMade = true
  await db.deleteFrom('tasks').execute()
  await db.deleteFrom('lists').execute()
  return db
}

const names = async (db: Awaited<ReturnType<typeof open>>): Promise<string[]> =>
  (await db.select().from(lists).orderBy(lists.name).execute()).map((row) => row.name)

test('rows bring their relations in one statement, also those with more columns than a function has arguments', async () => {
  await using db = await open()
  await db
    .insert(lists)
    .values({ id: 1, name: 'one', ...{ c39: 7 } })
    .execute()
  await db
    .insert(tasks)
    .values([
      { listId: 1, title: 'a' },
      { listId: 1, title: 'b' },
    ])
    .execute()
  for (const strategy of ['correlated', 'grouped', 'windowed'] as const) {
    const found = await db.query.lists.findMany({
      columns: { name: true },
      with: { tasks: { columns: { title: true }, strategy } },
    })
    expect(found).toEqual([{ name: 'one', tasks: [{ title: 'a' }, { title: 'b' }] }])
  }
  const task = await db.query.tasks.findFirst({ with: { list: true } })
  expect(task?.list).toMatchObject({ id: 1, name: 'one', c39: 7, c0: null })
})

test('a batch is stored together, sees what it wrote, and gives what each statement gives', async () => {
  await using db = await open()
  const [added, [row], changed, gone] = await db.batch([
    db.insert(lists).values({ name: 'a' }),
    db.select({ name: lists.name }).from(lists),
    db.update(lists).set({ name: 'b' }).where(eq(lists.name, 'a')).returning('name'),
    db.delete(lists).where(eq(lists.name, 'nobody')),
  ])
  expect(added[0]?.insertId).toBeTypeOf('bigint')
  expect([row, changed, gone[0]?.numDeletedRows]).toEqual([{ name: 'a' }, [{ name: 'b' }], 0n])
  expect(await db.batch([])).toEqual([])
})

test('a batch of which one statement fails stores nothing and tells nobody of changes', async () => {
  await using db = await open()
  await db.insert(lists).values({ name: 'taken' }).execute()
  const told: (readonly string[])[] = []
  db.on('commit', ({ writes }) => told.push(writes))
  const failing = db.batch([
    db.insert(lists).values({ name: 'new' }),
    db.insert(lists).values({ name: 'taken' }),
  ])
  await expect(failing).rejects.toBeInstanceOf(UniqueViolationError)
  await expect(failing).rejects.toMatchObject({ table: 'lists', columns: ['name'] })
  expect([await names(db), told]).toEqual([['taken'], []])
  await db.batch([db.insert(lists).values({ name: 'new' })])
  expect(told.flat()).toContain('lists')
})

test('a hook that refuses a statement stops the whole batch', async () => {
  await using db = await open()
  let seen = 0
  db.on('beforeQuery', () => {
    seen += 1
    if (seen === 2) throw new RangeError('no')
  })
  const failing = db.batch([
    db.insert(lists).values({ name: 'a' }),
    db.insert(lists).values({ name: 'b' }),
  ])
  await expect(failing).rejects.toThrow(RangeError)
  expect(await names(db)).toEqual([])
})

test('what D1 does not have is refused, and the way out is said', async () => {
  await using db = await open()
  const transaction = db.transaction(() => Promise.resolve())
  await expect(transaction).rejects.toBeInstanceOf(TransactionsNotSupportedError)
  await expect(transaction).rejects.toThrow(/db\.batch/)
  const stream = db.select().from(lists).stream()[Symbol.asyncIterator]().next()
  await expect(stream).rejects.toBeInstanceOf(StreamingNotSupportedError)
  await expect(
    db.query.lists.findMany({ with: { tasks: { strategy: 'split' } } }),
  ).resolves.toEqual([])
  await expect(db.dialect.migrations.introspect(() => Promise.resolve([]))).rejects.toThrow(
    /wrangler d1 migrations apply/,
  )
  expect(() => d1({ database: undefined as never })).toThrow(/wrangler/)
})

test('a table to which others refer is not built anew, which would delete their rows', async () => {
  await using db = await open()
  const schema = (checked: boolean, onDelete?: 'cascade' | 'set null' | 'no action') => {
    const parents = table('parents', { id: serial().primaryKey(), size: integer() }, () =>
      Object.fromEntries(checked ? [['small', check('small', 'size < 9')]] : []),
    )
    const parentId = integer().references(() => parents.id, { onDelete: onDelete ?? 'restrict' })
    const children = table('children', { id: serial().primaryKey(), parentId })
    return toSnapshot(onDelete === undefined ? { parents } : { parents, children })
  }
  const { ddl } = db.dialect
  for (const onDelete of ['cascade', 'set null', 'no action'] as const) {
    const [source, target] = [schema(false, onDelete), schema(true, onDelete)]
    const plan = (facts: DdlFacts): unknown => planChanges(source, target, facts)
    expect(() => plan(ddl)).toThrow(MigrationPlanError)
    expect(() => plan(ddl)).toThrow(`children.parent_id refers to it (on delete ${onDelete})`)
    // Where keys can be turned off nothing is lost.
    expect(plan(sqlite({ url: ':memory:' }).ddl)).toHaveLength(1)
  }
  expect(planChanges(schema(false), schema(true), ddl)).toHaveLength(1)
})

test('a number that would be another one on the other side is refused on its way in and out', async () => {
  await using db = await open()
  const error = await sql`select ${2n ** 60n} as big`.execute(db).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ValueError)
  await expect(sql`select ${Infinity} as big`.execute(db)).rejects.toBeInstanceOf(ValueError)
  await expect(sql`select ${{ secret: 1 }} as x`.execute(db)).rejects.toSatisfy(
    (caught) => caught instanceof DbError && !String(caught.message).includes('for value'),
  )
})

describe('inside workerd', () => {
  const call = async (path: string) => {
    const response = await worker.dispatch(`http://worker${path}`)
    return { status: response.status, body: (await response.json()) as unknown }
  }

  test('the bundle of a Worker has no module of Node in it', () => {
    const inputs = Object.values(bundle.metafile.inputs).flatMap((input) => input.imports)
    expect(
      inputs.filter(({ path, external }) => external === true || path.startsWith('node:')),
    ).toEqual([])
    expect(Object.keys(bundle.metafile.inputs).some((path) => path.includes('db-sqlite'))).toBe(
      true,
    )
    expect(
      Object.keys(bundle.metafile.inputs).filter((path) => /src\/migrate\//.test(path)),
    ).toEqual([])
  })

  test('a Worker writes, reads with relations, batches, and is told what went wrong', async () => {
    const database = await worker.miniflare.getD1Database('DB')
    await database.batch([
      database.prepare('create table lists (id integer primary key, name text not null unique)'),
      database.prepare(
        'create table tasks (id integer primary key, list_id integer not null references lists (id), title text not null)',
      ),
    ])
    expect((await call('/add?name=one')).body).toEqual({
      list: { id: 1 },
      found: { id: 1, name: 'one' },
    })
    expect((await call('/find?name=one')).body).toEqual([
      { name: 'one', tasks: [{ title: 'a' }, { title: 'b' }] },
    ])
    expect(await call('/half?name=one')).toMatchObject({
      status: 500,
      body: { code: 'unique_violation', columns: ['name'] },
    })
    expect((await call('/all')).body).toEqual([{ id: 1, name: 'one' }])
    expect((await call('/transaction')).body).toMatchObject({ code: 'transactions_not_supported' })
  })
})
