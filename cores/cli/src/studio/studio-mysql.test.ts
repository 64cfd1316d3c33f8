import { mysql } from '@mizan/db-mysql'
import { onConnection } from '@mizan/db/migrate'
import { mariadb } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { visitStudio } from '../../test/studio-visit.ts'
import { readOnly } from './read-only.ts'
import { mysqlEngine } from './engines/mysql.ts'
import { startStudio } from './start-studio.ts'

test('MariaDB: rows, relations, sessions and plans; nothing is written', async () => {
  await using server = await mariadb()
  const dialect = mysql({ url: server.url })
  const run = (...statements: readonly string[]): Promise<readonly object[]> =>
    onConnection(dialect, async (connection) => {
      let rows: readonly object[] = []
      for (const sql of statements) rows = await connection.run(sql)
      return rows
    })
  await run(
    'create table people (id integer primary key, name varchar(40), photo blob)',
    'create table pets (id integer primary key, owner integer, foreign key (owner) references people (id))',
    `insert into people values (1, 'Ada', x'41'), (2, 'Grace', null)`,
    'insert into pets values (1, 2)',
    `create function writes() returns integer modifies sql data begin insert into pets values (99, 1); return 1; end`,
  )
  await using studio = await startStudio(
    { dialect, engine: mysqlEngine, migrations: '/nowhere' },
    { onError: (error) => expect.unreachable(String(error)) },
  )
  const { ask, explain } = await visitStudio(studio.url)
  const rows = await ask('/table?name=people&column=name&op=contains&value=ra')
  expect(rows.body).toContain('>Grace<')
  expect(rows.body).not.toContain('>Ada<')
  expect((await ask('/relations')).body).toContain('pets.owner → people.id')
  const queries = await ask('/queries')
  expect(queries.status).toBe(200)
  expect(queries.body).not.toContain('role="alert"')
  const plan = await explain('select * from pets join people on people.id = pets.owner')
  expect(plan.status).toBe(200)
  expect(plan.body).toMatch(/table name<\/dt>\s*<dd>pets/)
  for (const sql of [
    'delete from pets',
    `select * from people into outfile '/tmp/people'`,
    'select 1; drop table pets',
    'select /*! 1 */ from people',
    'select * from (select writes()) as x',
  ])
    await explain(sql, { run: 'on' }).then(({ status }) => {
      if (!sql.includes('writes')) expect({ sql, status }).toEqual({ sql, status: 400 })
    })
  expect(await run('select id from pets')).toEqual([{ id: 1 }])
})

test('MariaDB: a look that does not end is ended', async () => {
  await using server = await mariadb()
  const dialect = mysql({ url: server.url })
  const look = readOnly({ dialect, engine: mysqlEngine }, (run) =>
    run(
      'select sum(a.seq * b.seq + c.seq) from seq_1_to_10000 a, seq_1_to_10000 b, seq_1_to_10000 c',
    ),
  )
  await expect(look).rejects.toThrow(/it took longer than it may/)
})
