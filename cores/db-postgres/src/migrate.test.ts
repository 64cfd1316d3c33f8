import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import {
  type AnyColumnBuilder,
  createDbClient,
  integer,
  MigrationError,
  MigrationLockError,
  serial,
  table,
} from '@mizan/db'
import {
  findDrift,
  generateMigration,
  migrateLatest,
  migrationStatus,
  onConnection,
  scratchBeside,
  sealMigration,
} from '@mizan/db/migrate'
import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { postgres } from './index.ts'

const schema = { things: table('things', { id: serial().primaryKey(), size: integer() }) }

let resource: PostgresResource
let migrations: string
beforeEach(async () => {
  resource = await server()
  migrations = await mkdtemp(join(tmpdir(), 'mizan-killed-'))
})
afterEach(async () => {
  await rm(migrations, { recursive: true })
  await resource[Symbol.asyncDispose]()
})

const dialect = () => postgres({ url: resource.url })

/** A migration of three steps; `middle` is the last statement of the second. */
async function threeSteps(middle: string): Promise<string> {
  const made = await generateMigration({ migrations, name: 'things', schema, dialect: dialect() })
  const up = join(made?.path ?? '', 'up.sql')
  const script = await readFile(up, 'utf8')
  const step = (...statements: string[]): string =>
    `\n-- mizan:step tx\n${statements.join(';\n\n-- mizan:statement\n')};\n`
  await writeFile(
    up,
    script +
      step('insert into things (size) values (2)', middle) +
      step('insert into things (size) values (3)'),
  )
  await sealMigration({ migrations, id: made?.id ?? '' })
  return made?.id ?? ''
}

function runner(): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const script = fileURLToPath(new URL('./migrate.fixture.ts', import.meta.url))
  const args = ['--conditions=@mizan/source', '--import', 'tsx', script, resource.url, migrations]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

const sizes = async (): Promise<unknown[]> => {
  await using db = createDbClient({ schema, dialect: dialect() })
  return (await db.selectFrom('things').select('size').orderBy('id').execute()).map(
    (row) => row.size,
  )
}

test('a runner that is killed in the middle of a step is continued, and each step happens once', async () => {
  await using db = createDbClient({ schema, dialect: dialect() })
  await sql`create table gate (id integer)`.execute(db)
  const id = await threeSteps('lock table gate')
  await db.transaction(async (tx) => {
    await sql`lock table gate`.execute(tx)
    const child = runner()
    await expect
      .poll(async () => (await sql`select 1 from pg_locks where not granted`.execute(db)).rows, {
        timeout: 60_000,
      })
      .toHaveLength(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { partial, pending } = await migrationStatus({ migrations, dialect: dialect() })
    expect([partial, pending]).toEqual([{ id, done: 1, steps: 3 }, [id]])
  })
  expect(
    (await migrateLatest({ migrations, dialect: dialect(), requireProof: false })).applied,
  ).toEqual([id])
  expect(await sizes()).toEqual([2, 3])
  expect((await migrationStatus({ migrations, dialect: dialect() })).pending).toEqual([])
})

test('processes that migrate at once apply each step once', async () => {
  const id = await threeSteps('select pg_sleep(0.2)')
  const outputs = await Promise.all([1, 2, 3].map(() => text(runner().stdout)))
  expect(outputs.filter((output) => output === `${JSON.stringify([id])}\n`)).toHaveLength(1)
  expect(outputs.filter((output) => output === '[]\n')).toHaveLength(2)
  expect(await sizes()).toEqual([2, 3])
})

test('a step that fails keeps those before it, names itself, and is where the next run goes on', async () => {
  const id = await threeSteps('insert into nowhere values (1)')
  const error: unknown = await migrateLatest({
    migrations,
    dialect: dialect(),
    requireProof: false,
  }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(MigrationError)
  expect((error as MigrationError).message).toContain(
    `${id}, step 2 of 3: relation "nowhere" does not exist`,
  )
  expect(await sizes()).toEqual([])
  await using db = createDbClient({ schema, dialect: dialect() })
  await sql`create table nowhere (id integer)`.execute(db)
  expect(
    (await migrateLatest({ migrations, dialect: dialect(), requireProof: false })).applied,
  ).toEqual([id])
  expect(await sizes()).toEqual([2, 3])
})

test('a runner whose lock was taken over stops before its next step', async () => {
  const id = await threeSteps('update mizan_migration_lock set token = token + 1')
  const options = { migrations, dialect: dialect(), requireProof: false }
  await expect(migrateLatest(options)).rejects.toBeInstanceOf(MigrationLockError)
  expect(await sizes()).toEqual([2])
  expect((await migrationStatus(options)).partial).toEqual({ id, done: 2, steps: 3 })
  expect((await migrateLatest(options)).applied).toEqual([id])
  expect(await sizes()).toEqual([2, 3])
})

/** The table is there and has been migrated; the next migration is proved, and not applied. */
async function following(next: ReturnType<typeof thingsOf>): Promise<string> {
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(dialect()) }
  await generateMigration({ ...options, name: 'things', schema })
  await migrateLatest(options)
  const made = await generateMigration({ ...options, name: 'next', schema: { things: next } })
  return made?.id ?? ''
}

function thingsOf(size: AnyColumnBuilder) {
  return table('things', { id: serial().primaryKey(), size })
}

test('an index that was left half built is dropped and built again', async () => {
  const id = await following(thingsOf(integer().unique()))
  const [up, meta] = await Promise.all(
    ['up.sql', 'meta.json'].map((name) => readFile(join(migrations, id, name), 'utf8')),
  )
  const [, index = ''] = /create unique index concurrently "([^"]+)"/.exec(up ?? '') ?? []
  const { hash, steps } = JSON.parse(meta ?? '') as {
    readonly hash: string
    readonly steps: { readonly up: readonly string[] }
  } // cast: as it was written
  await onConnection(dialect(), async ({ run }) => {
    await run('insert into things (size) values (1), (1)')
    // What PostgreSQL leaves of a statement that ended in the middle.
    await expect(
      run(`create unique index concurrently ${index} on things (size)`),
    ).rejects.toThrow()
    await run('delete from things where id = 2')
    await run(
      `insert into mizan_migrations (id, step, steps, hash, batch, state) values ($1, 1, $2, $3, 2, 'started')`,
      [id, steps.up.length, hash],
    )
    const isValid = async (): Promise<unknown> =>
      (
        await run('select indisvalid as valid from pg_index where indexrelid = $1::regclass', [
          index,
        ])
      )[0]
    expect(await isValid()).toEqual({ valid: false })
    expect((await migrateLatest({ migrations, dialect: dialect() })).applied).toEqual([id])
    expect(await isValid()).toEqual({ valid: true })
  })
  expect(await findDrift({ migrations, dialect: dialect() })).toEqual([])
})

test('a column that comes to need a value is filled some rows at a time, before it is required', async () => {
  const id = await following(thingsOf(integer().default(7).notNull()))
  await onConnection(dialect(), async ({ run }) => {
    await run(
      'insert into things (size) select case when i = 1 then 1 end from generate_series(1, 5003) i',
    )
    const progress: number[] = []
    const options = {
      migrations,
      dialect: dialect(),
      onProgress: (rows: number) => progress.push(rows),
    }
    expect((await migrateLatest(options)).applied).toEqual([id])
    expect(progress).toEqual([5000, 5002])
    expect(
      await run('select size, count(*)::integer as count from things group by size order by size'),
    ).toEqual([
      { size: 1, count: 1 },
      { size: 7, count: 5002 },
    ])
    await expect(run('insert into things (size) values (null)')).rejects.toThrow(/size/)
  })
})

test('of databases only those with our marker are dropped', async () => {
  const { dropScratch, createScratch } = dialect().migrations
  const name = `unmarked_${randomBytes(6).toString('hex')}`
  await onConnection(dialect(), async ({ run }) => {
    const isThere = async (): Promise<boolean> =>
      (await run('select 1 from pg_database where datname = $1', [name])).length > 0
    await run(`create database ${name}`)
    await dropScratch?.(run, name)
    expect(await isThere()).toBe(true)
    await run(`drop database ${name}`)
    await createScratch?.(run, name)
    expect(await isThere()).toBe(true)
    await dropScratch?.(run, name)
    expect(await isThere()).toBe(false)
  })
})

test('a step is told by what it does, not by the limit set before it', async () => {
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(dialect()) }
  await generateMigration({ ...options, name: 'things', schema })
  await generateMigration({ ...options, name: 'gone', schema: {} })
  const told: string[] = []
  await migrateLatest({ ...options, onStep: ({ statement }) => told.push(statement) })
  expect(told).toEqual(['create table "things" (', 'drop table "things"'])
})
