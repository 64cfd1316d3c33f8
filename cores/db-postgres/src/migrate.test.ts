import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createDbClient, integer, MigrationError, serial, table } from '@mizan/db'
import { generateMigration, migrateLatest, migrationStatus, sealMigration } from '@mizan/db/migrate'
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
        timeout: 20_000,
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
