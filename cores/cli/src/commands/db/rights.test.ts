import { randomBytes } from 'node:crypto'
import { postgres, type PostgresResource } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject } from '../../../test/db-project.ts'

afterEach(() => void vi.unstubAllEnvs())

async function execute({ url }: PostgresResource, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

interface Role extends AsyncDisposable {
  readonly url: string
}

/** A login without any right of its own. */
async function role(server: PostgresResource): Promise<Role> {
  const name = `mizan_${randomBytes(6).toString('hex')}`
  await execute(server, `create role ${name} login password 'p'`)
  const url = new URL(server.url)
  url.username = name
  url.password = 'p'
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => execute(server, `drop owned by ${name}; drop role ${name}`),
  }
}

async function withMigration(server: PostgresResource): Promise<DbProject> {
  const project = await dbProject('postgres')
  await project.people('note: text()')
  vi.stubEnv('DATABASE_URL', server.url)
  vi.stubEnv('NODE_ENV', 'test')
  expect(await project.db('generate', 'people', '--scratch-here')).toMatchObject({ ok: true })
  return project
}

const wayOut = 'The login of DATABASE_URL has not this right: grant it, or use a login that has it'

describe('a login that may not', () => {
  test('create is told so, nothing is half applied, and one that may goes on', async () => {
    await using server = await postgres()
    await using limited = await role(server)
    await using project = await withMigration(server)
    for (const words of [
      ['migrate', 'latest'],
      ['migrate', 'up'],
    ]) {
      vi.stubEnv('DATABASE_URL', limited.url)
      const { code, message, result } = await project.db(...words)
      expect({ code, message }).toEqual({
        code: 1,
        message: `permission denied for schema public. ${wayOut}`,
      })
      expect(result).toMatchObject({ done: [], left: await project.ids() })
      const { errors } = await project.run('db', ...words)
      expect(errors).toContain(wayOut)
      expect(errors).toContain('applied 0 of 1 migration')
      vi.stubEnv('DATABASE_URL', server.url)
      expect((await project.db('migrate', 'status')).result).toMatchObject({
        applied: [],
        pending: await project.ids(),
      })
    }
    expect((await project.db('migrate', 'latest')).ok).toBe(true)
    vi.stubEnv('DATABASE_URL', limited.url)
    await project.people('name: text()')
    expect((await project.db('generate', 'more', '--scratch-here')).message).toContain(wayOut)
  })

  test('read is told so by every command that reads, and may still see what there is', async () => {
    await using server = await postgres()
    await using limited = await role(server)
    await using project = await withMigration(server)
    await project.db('migrate', 'latest')
    await project.write(
      'seeds/people.ts',
      `import { people } from '../schema-2.ts'\nexport default (db) => db.insert(people).values({ note: 'one' }).execute()\n`,
    )
    vi.stubEnv('DATABASE_URL', limited.url)
    for (const words of [
      ['migrate', 'status'],
      ['migrate', 'latest'],
      ['migrate', 'down'],
      ['migrate', 'rollback'],
      ['drift'],
      ['reconcile'],
    ])
      expect({ words, ...(await project.db(...words)) }).toMatchObject({
        words,
        code: 1,
        message: `permission denied for table mizan_migrations. ${wayOut}`,
      })
    expect((await project.db('seed', 'run')).message).toBe(
      `seed people: permission denied for table people. ${wayOut}`,
    )
    // The catalog is everybody's.
    expect((await project.db('introspect')).result.source).toContain(`table('people'`)
  })
})
