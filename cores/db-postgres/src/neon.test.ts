import { fileURLToPath } from 'node:url'
import { postgres as server, type WorkerdResource, workerd } from '@mizan/testing/resources'
import {
  AuthenticationError,
  ConnectionError,
  createDbClient,
  eq,
  StreamingNotSupportedError,
  timestamptz,
  TransactionsNotSupportedError,
  typed,
  UniqueViolationError,
} from '@mizan/db'
import { neonConfig } from '@neondatabase/serverless'
import { build } from 'esbuild'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBench } from '../../db/src/dialect-conformance/bench.conformance.ts'
import { testErrors } from '../../db/src/dialect-conformance/errors.conformance.ts'
import { testInjection } from '../../db/src/dialect-conformance/injection.conformance.ts'
import { testObservation } from '../../db/src/dialect-conformance/observation.conformance.ts'
import { testQueries } from '../../db/src/dialect-conformance/queries.conformance.ts'
import { testReturning } from '../../db/src/dialect-conformance/returning.conformance.ts'
import { testValues } from '../../db/src/dialect-conformance/values.conformance.ts'
import * as schema from '../../db/src/test-schema.conformance.ts'
import { neonBridge } from '../test/neon-bridge.ts'
import { neon } from './neon.ts'

const { people, projects, tasks } = schema
const resource = await server()
const bridge = await neonBridge(resource.url)
neonConfig.fetchEndpoint = bridge.endpoint
const url = `postgres://${new URL(resource.url).username || 'postgres'}:secret@ep-quiet-river.neon.tech/main`

afterAll(async () => {
  await bridge[Symbol.asyncDispose]()
  await resource[Symbol.asyncDispose]()
})

const bench = await openBench(async () => ({
  dialect: neon({ url }),
  async [Symbol.asyncDispose]() {
    // The server ends with the file.
  },
}))
describe('neon:', () => {
  testValues(bench)
  testQueries(bench)
  testInjection(bench)
  testErrors(bench)
  testObservation(bench)
  testReturning(bench)
})

test('rows bring their relations in one request, by every strategy', async () => {
  await using db = createDbClient({ schema, dialect: neon({ url }) })
  const project = await bench.addProject('with-tasks')
  await bench.addTask(project, 'first')
  await bench.addTask(project, 'second')
  for (const strategy of ['lateral', 'correlated', 'grouped', 'windowed', 'split'] as const) {
    const before = bridge.requests.length
    const found = await db.query.projects.findFirst({
      where: (one) => eq(one.id, project),
      columns: { slug: true },
      with: { tasks: { columns: { title: true }, strategy } },
    })
    expect(found).toEqual({ slug: 'with-tasks', tasks: [{ title: 'first' }, { title: 'second' }] })
    expect(bridge.requests.length - before).toBe(1)
  }
})

test('a batch is one request and one transaction, at the isolation that was asked for', async () => {
  await using db = createDbClient({ schema, dialect: neon({ url }) })
  const [[added], [found]] = await db.batch(
    [
      db.insert(projects).values({ slug: 'batched' }).returning(['id', 'budget']),
      db.select({ slug: projects.slug }).from(projects).where(eq(projects.slug, 'batched')),
    ],
    { isolation: 'serializable' },
  )
  expect([added?.budget, found]).toEqual(['0.00', { slug: 'batched' }])
  expect(bridge.requests.at(-1)).toEqual({ isolation: 'Serializable', size: 2 })
  const failing = db.batch([
    db.insert(projects).values({ slug: 'half' }),
    db.insert(projects).values({ slug: 'batched' }),
  ])
  await expect(failing).rejects.toBeInstanceOf(UniqueViolationError)
  await expect(failing).rejects.toMatchObject({
    constraint: 'projects_slug',
    table: 'projects',
    columns: ['slug'],
  })
  expect(await db.select().from(projects).where(eq(projects.slug, 'half')).execute()).toEqual([])
  await expect(
    db.batch([db.insert(projects).values({ slug: 'x' })], { accessMode: 'read only' }),
  ).rejects.toThrow(/read-only/)
})

test('a time zone that somebody set changes no moment, at the top and inside nested rows', async () => {
  await using db = createDbClient({ schema, dialect: neon({ url }) })
  const joinedAt = new Date('2026-11-20T12:00:00.500Z')
  const [[person]] = await db.batch([
    db.insert(people).values({ email: 'zone', displayName: 'Z', joinedAt }).returning('id'),
  ])
  const slug = 'zoned'
  await db
    .insert(projects)
    .values({ slug, ownerId: person?.id ?? 0 })
    .execute()
  for (const zone of ['Asia/Tokyo', 'America/St_Johns', 'UTC']) {
    await sql`alter role current_user set timezone = ${sql.lit(zone)}`.execute(db)
    const found = await db.query.projects.findFirst({
      where: (one) => eq(one.slug, slug),
      with: { owner: true },
    })
    const fine = await db
      .selectFrom('people')
      .select((eb) => [
        'joinedAt',
        typed(sql`${eb.ref('joinedAt')}`, timestamptz({ precision: 6 })).as('fine'),
      ])
      .where('email', '=', 'zone')
      .executeTakeFirstOrThrow()
    expect([found?.owner?.joinedAt, fine]).toEqual([
      joinedAt,
      { joinedAt, fine: '2026-11-20T12:00:00.500000Z' },
    ])
  }
})

test('what requests do not have is refused, and the way out is said', async () => {
  await using db = createDbClient({ schema, dialect: neon({ url }) })
  const transaction = db.transaction(() => Promise.resolve())
  await expect(transaction).rejects.toBeInstanceOf(TransactionsNotSupportedError)
  await expect(transaction).rejects.toThrow(/db\.batch/)
  const stream = db.select().from(tasks).stream()[Symbol.asyncIterator]().next()
  await expect(stream).rejects.toBeInstanceOf(StreamingNotSupportedError)
  await expect(db.dialect.migrations.lock(() => Promise.resolve([]))).rejects.toThrow(
    /postgres\(\{ url \}\)/,
  )
})

test('a login that is refused and a host that does not answer say so, without the password', async () => {
  await using stranger = createDbClient({
    schema,
    dialect: neon({ url: 'postgres://nobody:hush@ep-quiet-river.neon.tech/main' }),
  })
  const refused: unknown = await sql`select 1`.execute(stranger).catch((caught: unknown) => caught)
  expect(refused).toBeInstanceOf(AuthenticationError)
  expect(JSON.stringify(refused) + String(refused)).not.toContain('hush')
  neonConfig.fetchEndpoint = 'http://127.0.0.1:1/sql'
  try {
    await using db = createDbClient({ schema, dialect: neon({ url }) })
    const lost: unknown = await sql`select 1`.execute(db).catch((caught: unknown) => caught)
    expect(lost).toBeInstanceOf(ConnectionError)
    expect(String(lost)).not.toContain('secret')
  } finally {
    neonConfig.fetchEndpoint = bridge.endpoint
  }
})

describe('inside workerd', () => {
  let worker: WorkerdResource
  let builtins: readonly unknown[]

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL('../test/neon.worker.ts', import.meta.url))],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      target: 'es2023',
      conditions: ['@mizan/source', 'workerd', 'worker'],
    })
    const own = Object.entries(bundle.metafile.inputs).filter(
      ([path]) => !/node_modules/.test(path),
    )
    builtins = own.flatMap(([, input]) => input.imports).filter(({ external }) => external)
    worker = await workerd({
      modules: true,
      script: bundle.outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-01-01',
      bindings: { DATABASE_URL: url, ENDPOINT: bridge.endpoint },
    })
    await using db = createDbClient({ schema: {}, dialect: neon({ url }) })
    await sql`create table lists (id serial primary key, name text not null unique, made_at timestamptz not null)`.execute(
      db,
    )
    await sql`create table tasks (id serial primary key, list_id int not null references lists (id), title text not null)`.execute(
      db,
    )
  })

  afterAll(() => worker[Symbol.asyncDispose]())

  test('the bundle of a Worker imports nothing that a Worker does not have', () => {
    expect(builtins).toEqual([])
  })

  test('a Worker batches, reads with relations, and is told what went wrong', async () => {
    const call = async () => (await worker.dispatch('http://worker/?name=one')).json()
    expect(await call()).toEqual({
      name: 'one',
      madeAt: '2026-11-20T13:37:00.123Z',
      tasks: [{ title: 'a' }, { title: 'b' }],
    })
    expect(await call()).toEqual({ code: 'unique_violation', columns: ['name'] })
  })
})
