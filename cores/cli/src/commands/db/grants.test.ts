import { postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { dbProject } from '../../../test/db-project.ts'

afterEach(() => void vi.unstubAllEnvs())

test('rights are adopted without drift, proved on a server without the roles, and missed where a role is not there', async () => {
  // Roles are the server's, so both are servers of our own.
  await using live = await postgres({ settings: {} })
  await using elsewhere = await postgres({ settings: {} })
  await using project = await dbProject('postgres')
  const client = new Client({ connectionString: live.url })
  await client.connect()
  try {
    await client.query(`create role "the reader"; create role app;
      create table people (id serial primary key, name text);
      create view names as select name from people;
      create function secret() returns integer language sql as 'select 1';
      grant select (name) on people to "the reader"; grant select, update on people to app with grant option;
      grant select on names to "the reader"; revoke execute on function secret() from public`)
    vi.stubEnv('DATABASE_URL', live.url)
    vi.stubEnv('NODE_ENV', 'test')
    const configure = (file: string): Promise<void> =>
      project.write(
        'mizan.config.ts',
        `export default { functions: ['functions.ts'], db: { schema: '${file}', dialect: 'postgres', migrations: 'migrations', scratch: '${elsewhere.url}' } }\n`,
      )
    await configure('read.ts')
    const { result } = await project.db('introspect')
    expect(result.source).toContain(`grant('select').on(t.name).to('the reader')`)
    expect(result.source).toContain(`grant('select', 'update').to('app', { grantable: true })`)
    expect(result.opaque).toEqual(
      expect.arrayContaining([
        'grant on view names to "the reader"',
        'revoke on function secret() from public',
      ]),
    )
    expect(await project.db('adopt')).toMatchObject({ ok: true, result: { drift: [] } })
    expect(await project.db('drift')).toMatchObject({ ok: true })
    expect((await project.run('db', 'generate', 'nothing')).errors).toContain('nothing to generate')

    await project.write(
      'more.ts',
      result.source.replace(`.to('the reader')`, `.to('somebody else')`),
    )
    await configure('more.ts')
    expect(await project.db('generate', 'other')).toMatchObject({
      ok: true,
      result: {
        written: {
          changes: [
            'revoke select on column people.name from the reader',
            'grant select on column people.name to somebody else',
          ],
          destructive: [],
        },
      },
    })
    const refused = await project.db('migrate', 'latest')
    expect(refused).toMatchObject({
      ok: false,
      message: expect.stringMatching(
        /^\d+_other is about rights of role "somebody else", which this server does not have\. .*create role "somebody else" nologin\. Nothing was changed$/,
      ),
    })
    await client.query('create role "somebody else"')
    expect(await project.db('migrate', 'latest')).toMatchObject({ ok: true })
    expect(await project.db('drift')).toMatchObject({ ok: true })
  } finally {
    await client.end()
  }
})
