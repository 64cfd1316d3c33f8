import { postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { type DbProject, dbProject } from '../../../test/db-project.ts'

afterEach(() => void vi.unstubAllEnvs())

/** From then on, the configuration of the project. */
function configure(project: DbProject, file: string, schemas: string): Promise<void> {
  return project.write(
    'mizan.config.ts',
    `export default { functions: ['functions.ts'], db: { schema: '${file}', dialect: 'postgres', migrations: 'migrations', schemas: ${schemas} } }\n`,
  )
}

test('db.schemas are adopted with the first one, drift looks at them, and a table moves as it is stated', async () => {
  await using server = await postgres()
  await using project = await dbProject('postgres')
  const client = new Client({ connectionString: server.url })
  await client.connect()
  try {
    await client.query(`create schema audit; create table people (id serial primary key);
      create table audit.entries (id integer primary key, person_id integer references people (id), what text not null)`)
    vi.stubEnv('DATABASE_URL', server.url)
    vi.stubEnv('NODE_ENV', 'test')
    await configure(project, 'read.ts', "['audit']")
    const { result } = await project.db('introspect')
    expect(result.source).toContain("export const auditSchema = schema('audit')")
    expect(await project.db('adopt', '--scratch-here')).toMatchObject({
      ok: true,
      result: { drift: [] },
    })
    await client.query('create table audit.others (id integer)')
    expect(await project.db('drift')).toMatchObject({ ok: false })
    await client.query('drop table audit.others')
    expect(await project.db('drift')).toMatchObject({ ok: true })

    await project.write('moved.ts', result.source.replaceAll('auditSchema.table', 'table'))
    await configure(project, 'moved.ts', "['audit']")
    const move = ['generate', 'move', '--rename', 'audit.entries=entries', '--scratch-here']
    expect(await project.db(...move)).toMatchObject({
      ok: true,
      result: { written: { destructive: [] } },
    })
    expect(await project.db('migrate', 'latest')).toMatchObject({ ok: true })
    expect((await client.query('select * from entries')).rows).toEqual([])
    expect(await project.db('migrate', 'reset')).toMatchObject({ ok: true })
    expect(await project.db('drift')).toMatchObject({ ok: true })
  } finally {
    await client.end()
  }
})
