import { sqlite } from '@mizan/db-sqlite'
import { onConnection } from '@mizan/db/migrate'
import { describe, expect, test } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'
import { visitStudio } from '../../../test/studio-visit.ts'
import { sqliteEngine } from '../engines/sqlite.ts'
import { startStudio } from '../start-studio.ts'
import { type Apart, lookApart } from './look-apart.ts'

interface Place extends AsyncDisposable {
  readonly project: DbProject
  readonly apart: Apart
}

/** A table that is read in no time, and one of which each row takes its time. */
async function place(limit?: number): Promise<Place> {
  const project = await dbProject('sqlite')
  const url = `${project.root}/data.sqlite`
  const { DatabaseSync } = await import('node:sqlite')
  using file = new DatabaseSync(url)
  file.exec(`create table people (id integer primary key, name text, photo blob);
    insert into people values (1, 'Ada', x'41'), (9007199254740993, 'Grace', null);
    create table slow (id integer primary key, letters text generated always as (printf('%.*c', 9000000, 'x')) virtual);
    insert into slow (id) with recursive n (i) as (select 1 union all select i + 1 from n where i < 50000) select i from n;`)
  const apart = lookApart(sqlite({ url }), {
    root: project.root,
    member: 'sqlite',
    url,
    ...(limit === undefined ? {} : { limit }),
  })
  return {
    project,
    apart,
    async [Symbol.asyncDispose]() {
      apart[Symbol.dispose]()
      await project[Symbol.asyncDispose]()
    },
  }
}

const endless =
  'with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n'

describe.skipIf(!sqliteIsThere)('a look at a file of SQLite', () => {
  test('sees what a look in this process sees', async () => {
    await using at = await place()
    const own = sqlite({ url: `${at.project.root}/data.sqlite` })
    const look = (dialect: typeof own, sql: string, parameters?: readonly unknown[]) =>
      onConnection(dialect, ({ run }) =>
        run(sql, parameters).catch((error: Error) => [{ [error.name]: error.message }]),
      )
    for (const [sql, parameters] of [
      ['select * from people order by id'],
      ['select name from people where id = ?', [1]],
      ['select * from nowhere'],
      ['selec'],
    ] as const) {
      const [there, here] = [
        await look(at.apart.dialect, sql, parameters),
        await look(own, sql, parameters),
      ]
      expect(there.map((row) => Object.values(row))).toEqual(here.map((row) => Object.values(row)))
    }
  })

  test('that does not end is ended, and the next one is answered', async () => {
    await using at = await place(200)
    const look = onConnection(at.apart.dialect, ({ run }) => run(endless))
    await expect(look).rejects.toMatchObject({
      code: 'statement_timeout',
      message: 'the statement took longer than 0.2 s, and was ended',
    })
    // With a limit of its own: on a busy machine even this takes long.
    await using other = await place()
    expect(await onConnection(other.apart.dialect, ({ run }) => run('select 1 as one'))).toEqual([
      { one: 1 },
    ])
  })

  test('that takes long blocks nobody, and more of them than there are processes wait for each other', async () => {
    await using at = await place(2000)
    await using studio = await startStudio(
      {
        dialect: at.apart.dialect,
        engine: sqliteEngine,
        migrations: `${at.project.root}/migrations`,
      },
      { onError: (error) => expect.unreachable(String(error)) },
    )
    const { ask } = await visitStudio(studio.url)
    const answered: string[] = []
    const note = async (name: string, path: string): Promise<string> => {
      const { body } = await ask(path)
      answered.push(name)
      return body
    }
    const path = '/table?name=slow&column=letters&op=contains&value=y'
    const slow = Array.from({ length: 5 }, () => note('slow', path))
    const form = note('form', '/explain')
    for (const body of await Promise.all(slow))
      expect(body).toContain('the statement took longer than 2 s, and was ended')
    await form
    expect(answered[0]).toBe('form')
  })

  test('of a file that cannot be opened says why', async () => {
    await using at = await place()
    const url = `${at.project.root}/nowhere/data.sqlite`
    using apart = lookApart(sqlite({ url }), { root: at.project.root, member: 'sqlite', url })
    const look = onConnection(apart.dialect, ({ run }) => run('select 1'))
    await expect(look).rejects.toThrow(/^SQLite cannot open .*nowhere.data\.sqlite/)
  })
})
