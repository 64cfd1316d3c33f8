import { sqlite } from '@mizan/db-sqlite'
import { describe, expect, test } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../test/db-project.ts'
import { type StudioVisitor, visitStudio } from '../../test/studio-visit.ts'
import { sqliteEngine } from './engines/sqlite.ts'
import { startStudio, type Studio } from './start-studio.ts'

interface Visited extends AsyncDisposable {
  readonly project: DbProject
  readonly studio: Studio
  readonly visitor: StudioVisitor
  run(sql: string): Promise<void>
}

/** A studio on a database with one migration applied. */
async function visited(columns = 'name: text(), boss: integer()'): Promise<Visited> {
  const project = await dbProject('sqlite')
  await project.people(columns)
  await project.db('generate', 'people')
  await project.db('migrate', 'latest')
  const file = `${project.root}/.mizan/data.sqlite`
  const errors: unknown[] = []
  const studio = await startStudio(
    {
      dialect: sqlite({ url: file }),
      engine: sqliteEngine,
      migrations: `${project.root}/migrations`,
    },
    { onError: (error) => void errors.push(error) },
  )
  return {
    project,
    studio,
    visitor: await visitStudio(studio.url),
    async run(sql) {
      const { DatabaseSync } = await import('node:sqlite')
      using database = new DatabaseSync(file)
      database.exec(sql)
    },
    async [Symbol.asyncDispose]() {
      await studio[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
      expect(errors).toEqual([])
    },
  }
}

describe.skipIf(!sqliteIsThere)('who may look', () => {
  test('nobody without the token or the cookie that stands for it', async () => {
    await using place = await visited()
    const { ask } = place.visitor
    const without = { headers: { cookie: '' } }
    for (const path of ['/', '/table?name=people', '/explain', '/?token=', '/?token=wrong'])
      expect(await ask(path, without)).toMatchObject({ status: 403 })
    expect(await ask('/', { headers: { cookie: 'mizan_studio=x' } })).toMatchObject({ status: 403 })
    expect(await ask('/')).toMatchObject({ status: 200 })
  })

  test('the cookie is for this studio only, and no script reads it', async () => {
    await using place = await visited()
    const { pathname, search, port } = new URL(place.studio.url)
    const { headers, body } = await place.visitor.ask(pathname + search)
    expect(String(headers['set-cookie'])).toMatch(
      new RegExp(`^mizan_studio_${port}=[\\w-]{32}; HttpOnly; SameSite=Strict; Path=/$`),
    )
    // The token does not stay in the address.
    expect(headers['refresh']).toBe('0; url=/')
    expect(body).not.toContain(new URLSearchParams(search).get('token'))
  })

  test.for(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '0.0.0.0:80'])(
    'no name but our own, so that a name that leads here gets nothing: %s',
    async (host) => {
      await using place = await visited()
      const { pathname, search } = new URL(place.studio.url)
      for (const path of ['/', pathname + search])
        expect(await place.visitor.ask(path, { headers: { host } })).toMatchObject({ status: 421 })
    },
  )

  test('no page of another origin, and no form without one', async () => {
    await using place = await visited()
    const { ask, host } = place.visitor
    const form = 'application/x-www-form-urlencoded'
    const post = (
      headers: Readonly<Record<string, string>>,
    ): Promise<{ readonly status: number }> =>
      ask('/explain', {
        method: 'POST',
        headers: { 'content-type': form, ...headers },
        body: 'sql=select+1',
      })
    for (const headers of [
      {},
      { origin: 'null' },
      { origin: 'http://evil.example' },
      { origin: `https://${host}` },
      { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
      { origin: `http://${host}`, 'sec-fetch-site': 'none' },
    ] as Record<string, string>[])
      expect(await post(headers)).toMatchObject({ status: 403 })
    expect(await ask('/', { headers: { origin: 'http://evil.example' } })).toMatchObject({
      status: 403,
    })
    expect(await post({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toMatchObject(
      { status: 200 },
    )
    expect(
      await ask('/', { headers: { host: host.replace('127.0.0.1', 'localhost') } }),
    ).toMatchObject({ status: 200 })
  })

  test('every answer lets in its own style and nothing else', async () => {
    await using place = await visited()
    const { ask } = place.visitor
    const nonces = new Set<string>()
    for (const path of ['/', '/nothing', '/explain', '/table?name=nothing']) {
      const { headers, body } = await ask(path)
      const policy = String(headers['content-security-policy'])
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? []
      nonces.add(nonce)
      expect(policy).toBe(
        `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      )
      expect(body).toContain(`<style nonce="${nonce}">`)
      expect(body).not.toMatch(/<script|\son\w+=|\sstyle=|javascript:/i)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      })
    }
    expect(nonces.size).toBe(4)
  })

  test.for<readonly [string, string]>([
    ['PUT', '/'],
    ['DELETE', '/table?name=people'],
    ['POST', '/'],
    ['POST', '/table'],
    ['GET', '/../../etc/passwd'],
    ['GET', '//evil.example/'],
    ['OPTIONS', '*'],
  ])('%s %s is no page', async ([method, path]) => {
    await using place = await visited()
    const { ask, host } = place.visitor
    const { status } = await ask(path, { method, headers: { origin: `http://${host}` } })
    expect(status).toBe(path === '*' ? 404 : 404)
  })

  test('a form that is too long, or none, is refused', async () => {
    await using place = await visited()
    const { ask, host, explain } = place.visitor
    expect(await explain(`select '${'x'.repeat(250_000)}'`)).toMatchObject({ status: 404 })
    const headers = { origin: `http://${host}`, 'content-type': 'application/json' }
    expect(await ask('/explain', { method: 'POST', headers, body: '{}' })).toMatchObject({
      status: 404,
    })
  })
})

describe.skipIf(!sqliteIsThere)('rows', () => {
  test('come in pages, in the order of the key', async () => {
    await using place = await visited()
    await place.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 120) insert into people (name) select 'person ' || i from n`,
    )
    const { ask } = place.visitor
    const first = await ask('/table?name=people')
    expect(first.body).toContain('Rows 1 to 50, and more')
    expect(first.body).toContain('person 50<')
    expect(first.body).not.toContain('person 51<')
    expect(first.body).not.toContain('rel="prev"')
    const last = await ask('/table?name=people&page=3')
    expect(last.body).toMatch(/Rows 101 to 120\s*</)
    expect(last.body).not.toContain('rel="next"')
    expect((await ask('/table?name=people&page=4')).body).toContain('No rows')
  })

  test.for<readonly [string, readonly string[]]>([
    ['op=is&value=Ada', ['Ada']],
    ['op=contains&value=a', ['Ada', 'Grace']],
    ['op=contains&value=%25', ['100%']],
    ['op=null&value=', ['null']],
    ['op=given&value=', ['Ada', 'Grace', '100%']],
    [`op=is&value=${encodeURIComponent(`' or 1=1 --`)}`, []],
  ])('are filtered by %s', async ([filter, names]) => {
    await using place = await visited()
    await place.run(
      `insert into people (id, name) values (11, 'Ada'), (12, 'Grace'), (13, '100%'), (14, null)`,
    )
    const { body } = await place.visitor.ask(`/table?name=people&column=name&${filter}`)
    const found = [...body.matchAll(/<td>1[1-4]<\/td><td>(?:<i>)?(.*?)(?:<\/i>)?<\/td>/g)]
    expect(found.map(([, name]) => name)).toEqual(names)
  })

  test.for([
    'name=nothing',
    'name=',
    'name=__proto__',
    'name=people&column=nothing',
    'name=people&column=name&op=drop',
    'name=people&page=0',
    'name=people&page=1.5',
    'name=people&page=99999999999',
    `name=${encodeURIComponent('people"; drop table people; --')}`,
  ])('%s is refused', async (query) => {
    await using place = await visited()
    const { status, body } = await place.visitor.ask(`/table?${query}`)
    expect(status).toBe(404)
    expect(body).toContain('role="alert"')
  })

  test('whatever they hold is text, and long values are cut', async () => {
    await using place = await visited()
    await place.run(
      `insert into people (name) values ('<script>alert(1)</script>"''&'), ('${'y'.repeat(400)}'), (x'00ff')`,
    )
    const { body } = await place.visitor.ask(
      `/table?name=people&column=name&op=contains&value=${encodeURIComponent('"><img src=x>')}`,
    )
    expect(body).not.toContain('<img')
    const all = (await place.visitor.ask('/table?name=people')).body
    expect(all).not.toContain('<script>')
    expect(all).toContain('&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;')
    expect(all).toContain(`${'y'.repeat(300)}<i>… cut</i>`)
    expect(all).toContain('x&#39;00FF&#39;')
  })
})

describe.skipIf(!sqliteIsThere)('what else there is to see', () => {
  test('migrations with their proofs, one of them whole, and drift', async () => {
    await using place = await visited()
    const { ask } = place.visitor
    const [id = ''] = await place.project.ids()
    const list = (await ask('/migrations')).body
    expect(list).toContain('applied, batch 1')
    expect(list).toMatch(/sqlite [\d.]+: up, down, up, without rows/)
    const one = (await ask(`/migration?id=${id}`)).body
    expect(one).toContain('create table &#34;people&#34;')
    expect(one).toContain('drop table &#34;people&#34;')
    expect((await ask('/drift')).body).toContain('The database has what was applied.')
    await place.run('create index by_hand on people (name)')
    expect((await ask('/drift')).body).toContain('index people by_hand')
    await place.project.remove(`migrations/${id}/down.sql`)
    const broken = await ask('/migrations')
    expect(broken.status).toBe(500)
    expect(broken.body).toContain('has no down.sql; restore it')
  })

  test('tables and relations, drawn and as a list', async () => {
    await using place = await visited()
    await place.run(
      'create table pets (id integer primary key, owner integer references people (id) on delete cascade, other integer references pets (id))',
    )
    const { ask } = place.visitor
    expect((await ask('/')).body).toContain('<a href="/table?name=pets">pets</a>')
    const { body } = await ask('/relations')
    expect(body).toContain('pets.owner → people.id')
    expect(body.match(/<path d="M/g)).toHaveLength(3)
    expect(body).toContain('<td>cascade</td>')
    await place.run('insert into people (id) values (7)')
    await place.run('insert into pets (owner) values (7)')
    expect((await ask('/table?name=pets')).body).toContain(
      '<a href="/table?name=people&#38;column=id&#38;op=is&#38;value=7">7</a>',
    )
  })

  test('a plan as a tree; what is no SELECT is refused, and nothing is written', async () => {
    await using place = await visited()
    await place.run(`insert into people (name) values ('Ada')`)
    const { explain, ask } = place.visitor
    const { status, body } = await explain('select * from people where id = 1;')
    expect(status).toBe(200)
    expect(body).toContain('SEARCH people USING INTEGER PRIMARY KEY')
    for (const sql of [
      'delete from people',
      'explain select 1',
      'explain analyze delete from people',
      'commit; drop table people',
      'select 1; drop table people',
      `select ';'`,
      'pragma query_only = off',
      'attach database "/tmp/x" as x',
      '-- select\ndelete from people',
      '',
    ]) {
      const answer = await explain(sql)
      expect({ sql, status: answer.status }).toEqual({ sql, status: 400 })
      expect(answer.body).toContain('role="alert"')
    }
    const wrong = await explain('select shoe_size from people')
    expect(wrong).toMatchObject({ status: 400, body: expect.stringContaining('no such column') })
    expect((await ask('/table?name=people')).body).toContain('Ada')
    expect((await ask('/queries')).body).toContain('SQLite keeps no list of queries')
  })
})
