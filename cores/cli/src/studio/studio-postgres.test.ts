import { postgres as postgresDialect } from '@mizan/db-postgres'
import { postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type StudioVisitor, visitStudio } from '../../test/studio-visit.ts'
import { postgresEngine } from './engines/postgres.ts'
import { startStudio } from './start-studio.ts'

let resources: AsyncDisposable & { readonly client: Client; readonly visitor: StudioVisitor }

beforeAll(async () => {
  const server = await postgres()
  const client = new Client({ connectionString: server.url })
  await client.connect()
  const studio = await startStudio(
    {
      dialect: postgresDialect({ url: server.url }),
      engine: postgresEngine,
      migrations: '/nowhere',
    },
    { onError: (error) => expect.unreachable(String(error)) },
  )
  const visitor = await visitStudio(studio.url)
  resources = {
    client,
    visitor,
    async [Symbol.asyncDispose]() {
      await studio[Symbol.asyncDispose]()
      await client.end()
      await server[Symbol.asyncDispose]()
    },
  }
})
afterAll(() => resources[Symbol.asyncDispose]())

beforeEach(async () => {
  await resources.client.query(`
    drop schema public cascade; create schema public;
    create table people (id integer primary key, name text, photo bytea, born date, tags text[]);
    insert into people select i, 'person ' || i, '\\x00ff', '2000-01-01', '{a,b}' from generate_series(1, 3) i;
    create table log (what text);
    create sequence counter;
    create function writes() returns integer language plpgsql volatile as $$ begin insert into log values ('volatile'); return 1; end $$;
    create function hides() returns integer language plpgsql stable as $$ begin return writes(); end $$;
    create function "Odd name"() returns integer language sql volatile as $$ select 1 $$;
    create view sly as select writes() as w;
  `)
})

async function logged(): Promise<number> {
  const { rows } = await resources.client.query<{ n: number }>('select count(*)::int as n from log')
  return rows[0]?.n ?? 0
}

describe('Explain shows the plan of a SELECT and writes nothing', () => {
  test('a plan is a tree with costs; of one that is run, with what it really took', async () => {
    const { explain } = resources.visitor
    const sql = 'select * from people p join log on log.what = p.name where p.id < 3 order by p.id'
    const planned = await explain(sql)
    expect(planned.status).toBe(200)
    expect(planned.body).toContain('Inner Join: Hash Join')
    expect(planned.body).toMatch(/<dt>cost<\/dt>/)
    expect(planned.body).not.toMatch(/<dt>loops<\/dt>/)
    expect((await explain('select * from people where id = 1')).body).toMatch(
      /Index Scan on people by people_pkey/,
    )
    expect((await explain(sql, { run: 'on' })).body).toMatch(/<dt>loops<\/dt>/)
  })

  test('a statement from a log, whose parameters have no values, has a plan too', async () => {
    const { status, body } = await resources.visitor.explain('select * from people where id = $1')
    expect(status).toBe(200)
    expect(body).toContain('(id = $1)')
  })

  test.for<readonly [string, string]>([
    ['explain analyze delete from people', 'Only SELECT'],
    ['delete from people', 'Only SELECT'],
    ['commit; drop table people', 'no semicolon'],
    ['select 1; drop table people', 'no semicolon'],
    ['select 1;; drop table people', 'no semicolon'],
    ['analyze people', 'Only SELECT'],
    ['(select 1)', 'Only SELECT'],
    ['/* x */ drop table people', 'Only SELECT'],
    ['do $$ begin delete from people; end $$', 'no semicolon'],
  ])('%s is refused', async ([sql, reason]) => {
    for (const more of [{}, { run: 'on' }] as Record<string, string>[]) {
      const { status, body } = await resources.visitor.explain(sql, more)
      expect(status).toBe(400)
      expect(body).toContain(reason)
    }
    expect((await resources.client.query('select 1 from people')).rows).toHaveLength(3)
  })

  test.for<readonly [string, string]>([
    ['with gone as (delete from people returning *) select * from gone', 'read-only transaction'],
    ['select * into copy from people', 'INTO is not run'],
    ['select * from people for update', 'read-only transaction'],
    ['select * from sly', 'read-only transaction'],
    ['select hides()', 'not allowed in a non-volatile function|read-only transaction'],
    ['select writes()', 'volatile\\): writes'],
    ['select public . writes ()', 'volatile\\): writes'],
    ['select "Odd name"()', 'volatile\\): Odd name'],
    ['select WRITES\n()', 'volatile\\): writes'],
    ['select writes/**/()', 'no comments'],
    ['select U&"\\0077rites"()', 'no comments and no U&'],
    [`select nextval('counter')`, 'volatile\\): nextval'],
    [`select set_config('transaction_read_only', 'off', true)`, 'volatile\\): set_config'],
    ['select pg_sleep(60)', 'volatile\\): pg_sleep'],
    ['select pg_advisory_lock(1)', 'volatile\\): pg_advisory_lock'],
    [`select pg_terminate_backend(1)`, 'volatile\\): pg_terminate_backend'],
    [`select lo_from_bytea(0, '\\x00')`, 'volatile\\): lo_from_bytea'],
  ])('what %s would do is refused when it is run', async ([sql, reason]) => {
    const { status, body } = await resources.visitor.explain(sql, { run: 'on' })
    expect({ sql, status }).toEqual({ sql, status: 400 })
    expect(body.replaceAll('&#38;', '&')).toMatch(new RegExp(reason))
    expect(await logged()).toBe(0)
    expect((await resources.client.query('select 1 from people')).rows).toHaveLength(3)
    expect((await resources.client.query('select is_called from counter')).rows).toEqual([
      { is_called: false },
    ])
  })

  test('what takes too long is ended', async () => {
    const slow =
      'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b where a % 7 = b % 11'
    const { status, body } = await resources.visitor.explain(slow, { run: 'on' })
    expect(status).toBe(400)
    expect(body).toContain('it took longer than it may')
  })
})

test('rows are shown as the server writes them, whatever their type', async () => {
  const { ask } = resources.visitor
  const { body } = await ask('/table?name=people&column=name&op=is&value=person+2')
  for (const text of ['person 2', '\\x00ff', '2000-01-01', '{a,b}']) expect(body).toContain(text)
  expect(body).not.toContain('person 1')
  const odd = await ask(
    `/table?name=people&column=name&op=contains&value=${encodeURIComponent(`'; drop table people; --`)}`,
  )
  expect(odd).toMatchObject({ status: 200, body: expect.stringContaining('No rows') })
})

test('sessions are listed, and what keeps slow queries is named where it is missing', async () => {
  const { body } = await resources.visitor.ask('/queries')
  expect(body).toContain('Sessions, and the last query of each')
  expect(body).toContain('CREATE EXTENSION pg_stat_statements')
  const [, link = ''] = /href="(\/explain\?sql=[^"]*)"/.exec(body) ?? []
  const form = await resources.visitor.ask(link.replaceAll('&#38;', '&'))
  expect(form.body).toMatch(/<textarea[^>]*>[^<]/)
  expect(form.body).not.toContain('role="alert"')
})
