import { setImmediate } from 'node:timers/promises'
import { postgres, type PostgresResource } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject } from '../../../test/db-project.ts'
import { main } from '../../main.ts'

afterEach(() => void vi.unstubAllEnvs())

interface Session extends AsyncDisposable {
  run(sql: string): Promise<readonly Record<string, unknown>[]>
}

/** A session of somebody else. */
async function session({ url }: PostgresResource): Promise<Session> {
  const client = new Client({ connectionString: url, application_name: 'somebody else' })
  // It may be ended by others.
  client.on('error', () => undefined)
  await client.connect()
  return {
    run: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  }
}

const lock = 'select pg_advisory_lock(470285820270)'

/** A table `people`, and a migration of three steps that is proved and not applied. */
async function project(server: PostgresResource): Promise<DbProject> {
  const made = await dbProject('postgres', { DATABASE_URL: server.url, NODE_ENV: 'test' })
  vi.stubEnv('DATABASE_URL', server.url)
  vi.stubEnv('NODE_ENV', 'test')
  await made.people('name: text()')
  await made.db('generate', 'people', '--scratch-here')
  await made.db('migrate', 'latest')
  const { result } = await made.db('migrate', 'make', 'by hand', '--scratch-here')
  const { id } = result.written as { id: string } // cast: documented
  await made.write(
    `migrations/${id}/up.sql`,
    `-- mizan:step tx
update people set name = 'first' where name is null;
-- mizan:step batch
update people set name = 'second' where id in (select id from people where name = 'first' order by id limit 1);
-- mizan:step tx
update people set name = 'third' where name = 'second';
`,
  )
  expect(await made.db('prove', id, '--scratch-here')).toMatchObject({ ok: true })
  return made
}

describe('a second runner', () => {
  test('says who holds the lock and how it is ended; status says so too, and unlock ends it', async () => {
    await using server = await postgres()
    await using made = await project(server)
    await using other = await session(server)
    await other.run(lock)
    for (const words of [
      ['migrate', 'latest', '--lock-timeout', '0'],
      ['migrate', 'up', '--lock-timeout', '0'],
      ['migrate', 'down', '--lock-timeout', '0'],
      ['migrate', 'rollback', '--lock-timeout', '0'],
    ]) {
      const { code, message } = await made.db(...words)
      expect({ words, code, message }).toMatchObject({ words, code: 1 })
      expect(message).toMatch(
        /^Another process is migrating .*process \d+ of somebody else since .*mizan db migrate unlock$/,
      )
    }
    expect((await made.db('migrate', 'status')).result).toMatchObject({
      holder: expect.stringMatching(/^process \d+ of somebody else/),
      pending: [expect.stringContaining('by_hand')],
    })
    expect((await made.run('db', 'migrate', 'status')).errors).toContain(
      'a migration runs right now (process',
    )
    expect((await made.db('migrate', 'unlock')).result.holder).toContain('somebody else')
    expect((await made.db('migrate', 'unlock')).result.holder).toBeNull()
    expect((await made.db('migrate', 'latest')).ok).toBe(true)
  })

  test('waits, says so, and goes on when the first has ended', async () => {
    await using server = await postgres()
    await using made = await project(server)
    await using other = await session(server)
    await other.run(lock)
    const said: string[] = []
    const say = (text: string): void => {
      said.push(text)
      if (text.startsWith('waiting')) void other[Symbol.asyncDispose]()
    }
    const terminal = { print: say, say, complain: say, dim: (text: string) => text }
    expect(await main(['db', 'migrate', 'latest'], { folder: made.root, terminal })).toBe(0)
    expect(said).toContainEqual(
      expect.stringMatching(/^waiting for another migration .*somebody else/),
    )
    expect(said.at(-1)).toMatch(/^applied 1 migration in /)
  })

  test.for(['nonsense', '-1', ''])('--lock-timeout=%s is refused', async (text) => {
    await using made = await dbProject('postgres')
    vi.stubEnv('DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none')
    expect(await made.db('migrate', 'latest', `--lock-timeout=${text}`)).toMatchObject({ code: 2 })
  })
})

/** Resolves when a session waits for a lock of a row or a table. */
async function blocked(watcher: Session): Promise<void> {
  while (
    (
      await watcher.run(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
    ).length === 0
  )
    await setImmediate()
}

describe('Ctrl-C in the middle', () => {
  test('stops when the step or batch is done; the next command says where it stands and goes on there', async () => {
    await using server = await postgres()
    await using made = await project(server)
    await using other = await session(server)
    await using watcher = await session(server)
    await other.run('insert into people default values; insert into people default values')
    // The first step has to wait for somebody who is at one of the rows.
    await other.run('begin')
    await other.run('select 1 from people where id = 2 for update')
    await using running = made.start('db', 'migrate', 'latest', '--json')
    await blocked(watcher)
    running.signal('SIGINT')
    await running.until(/stopping when this step is done; Ctrl-C once more does not wait/)
    await other.run('commit')
    const { code, output, errors } = await running.ended
    expect(code).toBe(130)
    const answer = JSON.parse(output)
    expect(answer).toMatchObject({ ok: false, code: 130, result: { done: [] } })
    expect(answer.message).toMatch(/^stopped before .*by_hand, step 2 of 3; the next run goes on/)
    expect(errors).toContain('applied 0 of 1 migration')
    expect((await made.db('migrate', 'status')).message).toMatch(
      /^1 migration waits, the first is done up to step 1 of 3; apply:/,
    )
    const again = await made.run('db', 'migrate', 'latest')
    expect(again).toMatchObject({ code: 0 })
    expect(again.errors).toMatch(/step 2 of 3, 2 rows: update people/)
    expect(await watcher.run('select name from people')).toEqual([
      { name: 'third' },
      { name: 'third' },
    ])
  })

  test('between batches stops there: what is done stays done', async () => {
    await using server = await postgres()
    await using made = await project(server)
    await using other = await session(server)
    await using watcher = await session(server)
    await other.run('insert into people default values; insert into people default values')
    // In the way of the second step only: it changes what the first has left.
    await other.run(`create function hold() returns trigger language plpgsql as $$ begin
      if new.name = 'second' and new.id = 2 then perform pg_advisory_xact_lock(7); end if; return new; end $$`)
    await other.run(
      'create trigger hold before update on people for each row execute function hold()',
    )
    await other.run('select pg_advisory_lock(7)')
    await using running = made.start('db', 'migrate', 'latest', '--json')
    await blocked(watcher)
    running.signal('SIGINT')
    await running.until(/stopping when this step is done/)
    await other.run('select pg_advisory_unlock(7)')
    const { code, output } = await running.ended
    expect(code).toBe(130)
    expect(JSON.parse(output).message).toMatch(/^stopped in .*step 2 of 3, after 2 rows; the next/)
    await other.run('drop trigger hold on people')
    expect((await made.db('migrate', 'latest')).ok).toBe(true)
  })

  test('twice does not wait, and nothing is half applied', async () => {
    await using server = await postgres()
    await using made = await project(server)
    await using other = await session(server)
    await using watcher = await session(server)
    await other.run('insert into people default values')
    await other.run('begin')
    await other.run('lock table people in share mode')
    await using running = made.start('db', 'migrate', 'latest', '--json')
    await blocked(watcher)
    running.signal('SIGINT')
    await running.until(/does not wait/)
    running.signal('SIGINT')
    const { code, output } = await running.ended
    expect(code).toBe(130)
    expect(JSON.parse(output).message).toContain('mizan db migrate status says where')
    await other.run('commit')
    // The statement of the one that has gone may still run: the next one waits for it.
    expect((await made.db('migrate', 'latest')).ok).toBe(true)
    expect(await watcher.run('select name from people')).toEqual([{ name: 'third' }])
  })
})
