import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { mysql } from '@mizan/db-mysql'
import { postgres as postgresDialect } from '@mizan/db-postgres'
import type { RunSql } from '@mizan/db'
import { onConnection } from '@mizan/db/migrate'
import { mariadb, postgres } from '@mizan/testing/resources'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'

beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

/** A proof that comes to it says so, and goes on when the file `go` is there. */
const holding = `import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { defineDataMigration } from '@mizan/db/migrate'
export default defineDataMigration(async () => {
  if (process.env['MIZAN_TEST_HOLD'] !== '1') return
  process.stderr.write('held\\n')
  while (!existsSync('go')) await setImmediate()
})
`

/** A history of two migrations, of which each proof takes the second, too; and a schema that says more. */
async function project(
  dialect: 'sqlite' | 'postgres' | 'mysql',
  scratch: readonly string[] = [],
): Promise<DbProject & { readonly last: string }> {
  const made = await dbProject(dialect, { MIZAN_TEST_HOLD: '1' })
  expect(await made.db('generate', 'people', ...scratch)).toMatchObject({ ok: true })
  const { result } = await made.db('migrate', 'make', 'by hand', '--code', ...scratch)
  const { id: last } = result.written as { id: string } // cast: documented
  await made.write(`migrations/${last}/up.ts`, holding)
  expect(await made.db('prove', last, ...scratch)).toMatchObject({ ok: true })
  await made.people('note: text()')
  return { ...made, last }
}

/** Every file of the project, with what it says; what `.mizan/` keeps is not of it. */
async function files({ root, read }: DbProject): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !/node_modules|\.mizan|~$/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await read(name)] as const)),
  )
}

describe.skipIf(!sqliteIsThere)('Ctrl-C while something is proved', () => {
  test.for<readonly [NodeJS.Signals, readonly string[]]>([
    ['SIGINT', ['generate', 'more']],
    ['SIGTERM', ['generate', 'more']],
    ['SIGINT', ['migrate', 'make', 'more']],
    ['SIGHUP', ['reconcile', '--adopt']],
  ])('%s: %j writes nothing, and the next one does it', async ([signal, words]) => {
    await using made = await project('sqlite')
    await made.db('migrate', 'latest')
    if (words[0] === 'reconcile') {
      const { DatabaseSync } = await import('node:sqlite')
      using live = new DatabaseSync(`${made.root}/.mizan/data.sqlite`)
      live.exec('create index by_hand on people (id)')
    }
    const before = await files(made)
    await using running = made.start('db', ...words, '--json')
    await running.until(/held/)
    running.signal(signal)
    await running.until(/stopping before anything is written; Ctrl-C once more does not wait/)
    await made.write('go', '')
    const { code, output } = await running.ended
    await made.remove('go')
    expect(code).toBe(130)
    expect(JSON.parse(output)).toMatchObject({
      ok: false,
      code: 130,
      message: expect.stringMatching(/^stopped/),
    })
    expect(await files(made)).toEqual(before)
    expect(await made.db(...words)).toMatchObject({ ok: true })
    expect(Object.keys(await files(made)).length).toBe(Object.keys(before).length + 4)
  })

  test('prove leaves the files sealed and without a proof; every command that asks for one says so', async () => {
    await using made = await project('sqlite')
    await made.people() // as the history leaves it
    await made.write(`migrations/${made.last}/up.ts`, `${holding}// edited\n`)
    await using running = made.start('db', 'prove', made.last, '--json')
    await running.until(/held/)
    running.signal('SIGINT')
    await running.until(/stopping when this step is done/)
    await made.write('go', '')
    const { code, output } = await running.ended
    expect(code).toBe(130)
    expect(JSON.parse(output).message).toMatch(/^stopped (before|while) it was proved/)
    const wayOut = `mizan db prove ${made.last}`
    expect((await made.db('migrate', 'verify')).result.problems).toContainEqual(
      expect.objectContaining({ id: made.last, problem: 'proof' }),
    )
    expect((await made.db('migrate', 'latest')).message).toContain(wayOut)
    expect((await made.db('prove', made.last)).ok).toBe(true)
    expect((await made.db('migrate', 'latest')).ok).toBe(true)
  })

  test('merge joins nothing', async () => {
    await using made = await project('sqlite')
    const [base = ''] = await made.ids()
    // A second line, from what the first two migrations share.
    const aside = await made.moveAside(made.last)
    await made.db('generate', 'other line')
    await aside.restore()
    expect((await made.ids()).length).toBe(3)
    expect(base < made.last).toBe(true)
    const before = await files(made)
    await using running = made.start('db', 'merge', '--json')
    await running.until(/held/)
    running.signal('SIGINT')
    await running.until(/stopping before anything is written/)
    await made.write('go', '')
    expect((await running.ended).code).toBe(130)
    await made.remove('go')
    expect(await files(made)).toEqual(before)
    expect((await made.db('migrate', 'status')).message).toContain('mizan db merge')
    expect((await made.db('merge')).ok).toBe(true)
  })

  test('twice does not wait, and writes nothing either', async () => {
    await using made = await project('sqlite')
    const before = await files(made)
    await using running = made.start('db', 'generate', 'more', '--json')
    await running.until(/held/)
    running.signal('SIGINT')
    await running.until(/stopping/)
    running.signal('SIGINT')
    const { code, output } = await running.ended
    expect(code).toBe(130)
    expect(JSON.parse(output).message).toBe(
      'ended in the middle of it; mizan db migrate verify says which migrations are there, and proved',
    )
    expect(await files(made)).toEqual(before)
  })
})

interface Server extends AsyncDisposable {
  readonly url: string
  run(sql: string): Promise<readonly Record<string, unknown>[]>
  /** Names of scratch databases. */
  scratches(): Promise<readonly unknown[]>
}

async function server(kind: 'postgres' | 'mysql'): Promise<Server> {
  const place = kind === 'postgres' ? await postgres() : await mariadb()
  const dialect = (kind === 'postgres' ? postgresDialect : mysql)({ url: place.url })
  const run = (sql: string): ReturnType<RunSql> =>
    onConnection(dialect, async (connection) => await connection.run(sql))
  const list =
    kind === 'postgres'
      ? `select datname as name from pg_database where shobj_description(oid, 'pg_database') like '%scratch%'`
      : `select schema_name as name from information_schema.schemata where schema_name like '%scratch%'`
  return {
    url: place.url,
    run,
    // Others use the server of the machine, too.
    scratches: async () => (await run(list)).map(({ name }) => name),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  }
}

describe.for(['postgres', 'mysql'] as const)('Ctrl-C while %s proves', (kind) => {
  test('leaves no scratch database, whether it waits for the step or not', async () => {
    await using there = await server(kind)
    vi.stubEnv('DATABASE_URL', there.url)
    vi.stubEnv('NODE_ENV', 'test')
    await using made = await project(kind, ['--scratch-here'])
    const others = await there.scratches()
    const before = await files(made)
    for (const times of [1, 2]) {
      await using running = made.start('db', 'generate', 'more', '--scratch', there.url)
      await running.until(/held/)
      expect(await there.scratches()).toHaveLength(others.length + 1)
      running.signal('SIGINT')
      await running.until(/stopping before anything is written/)
      if (times === 1) await made.write('go', '')
      else running.signal('SIGTERM')
      const { code, output, errors } = await running.ended
      expect({ code, output }).toEqual({ code: 130, output: '' })
      expect(errors).not.toMatch(/\n\s+at /)
      if (times === 1) await made.remove('go')
      expect(await there.scratches()).toEqual(others)
      expect(await files(made)).toEqual(before)
    }
    expect((await made.db('generate', 'more', '--scratch-here')).ok).toBe(true)
    expect(await there.scratches()).toEqual(others)
  })
})

test('Ctrl-C while a database is adopted records nothing, and leaves nothing in the way of the next try', async () => {
  await using there = await server('postgres')
  // What its proof comes to: something that all databases of a server share, and somebody else holds.
  await there.run(`create function hold() returns integer language plpgsql as $$ begin
    lock table pg_catalog.pg_replication_origin in row exclusive mode; return 1; end $$`)
  await there.run('create materialized view held as select hold() as n')
  await there.run('create table people (id integer primary key)')
  await using made = await dbProject('postgres', { DATABASE_URL: there.url, NODE_ENV: 'test' })
  await made.write(
    'mizan.config.ts',
    (await made.read('mizan.config.ts')).replace(/schema-\d+/, 'adopted'),
  )
  const before = await files(made)
  const dialect = postgresDialect({ url: there.url })
  const others = await there.scratches()
  for (const times of [1, 2])
    await onConnection(dialect, async ({ run }) => {
      await run('begin')
      await run('lock table pg_replication_origin in exclusive mode')
      await using running = made.start('db', 'adopt', '--scratch-here', '--json')
      while ((await there.run(proofWaits)).length === 0) await setImmediate()
      running.signal('SIGINT')
      await running.until(/stopping before anything is recorded/)
      if (times === 1) await run('rollback')
      else running.signal('SIGINT')
      const { code, output } = await running.ended
      if (times === 2) await run('rollback')
      expect({ code, answer: JSON.parse(output) }).toMatchObject({
        code: 130,
        answer: { ok: false, code: 130 },
      })
      expect(await files(made)).toEqual(before)
      expect(await there.scratches()).toEqual(others)
    })
  vi.stubEnv('DATABASE_URL', there.url)
  vi.stubEnv('NODE_ENV', 'test')
  expect((await made.db('adopt', '--scratch-here')).ok).toBe(true)
  expect(existsSync(join(made.root, 'adopted.ts'))).toBe(true)
  expect((await made.db('migrate', 'status')).ok).toBe(true)
})

const proofWaits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname like 'mizan_scratch%'`
