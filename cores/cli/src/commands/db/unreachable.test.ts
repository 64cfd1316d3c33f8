import { freePort, postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'

afterEach(() => void vi.unstubAllEnvs())

const commands: readonly (readonly string[])[] = [
  ['migrate', 'latest'],
  ['migrate', 'up'],
  ['migrate', 'latest', '--dry-run'],
  ['migrate', 'down'],
  ['migrate', 'rollback'],
  ['migrate', 'rollback', '--all', '--force'],
  ['migrate', 'status'],
  ['migrate', 'reset'],
  ['migrate', 'unlock'],
  ['migrate', 'resolve', 'any', '1', 'done'],
  ['drift'],
  ['reconcile'],
  ['reconcile', '--revert'],
  ['reconcile', '--adopt', '--scratch-here'],
  ['introspect'],
  ['introspect', '--out', 'there.ts'],
  ['seed', 'run'],
  ['studio'],
]

interface Place {
  readonly dialect: 'sqlite' | 'postgres' | 'mysql'
  url(project: DbProject): Promise<string>
  readonly words: RegExp
}

const serverWords = (name: string): RegExp =>
  new RegExp(`^${name} cannot be reached: .*Is it running, and is DATABASE_URL right`)
const places: Readonly<Record<string, Place>> = {
  'PostgreSQL that does not answer': {
    dialect: 'postgres',
    url: async () => `postgres://somebody:secret@127.0.0.1:${await freePort()}/none`,
    words: serverWords('PostgreSQL'),
  },
  'MySQL that does not answer': {
    dialect: 'mysql',
    url: async () => `mysql://somebody:secret@127.0.0.1:${await freePort()}/none`,
    words: serverWords('MySQL'),
  },
  'SQLite in a folder that is not there': {
    dialect: 'sqlite',
    url: ({ root }) => Promise.resolve(`${root}/nowhere/data.sqlite`),
    words: /^SQLite cannot open .*nowhere.data\.sqlite: .*Is its folder there/,
  },
  'SQLite of a file that is something else': {
    dialect: 'sqlite',
    async url({ root, write }) {
      await write('other.txt', 'something else, which is longer than a header '.repeat(100))
      return `${root}/other.txt`
    },
    words: /^The file of the url is no SQLite database/,
  },
}

describe.for(Object.entries(places))(
  '%s fails every command with the same words',
  ([name, place]) => {
    const { dialect, url, words: expected } = place
    test.skipIf(dialect === 'sqlite' && !sqliteIsThere).for(commands)('%j', async (words) => {
      await using project = await dbProject(dialect)
      await project.write('seeds/one.ts', 'export default (db) => db.query.people.findMany()\n')
      vi.stubEnv('DATABASE_URL', await url(project))
      vi.stubEnv('NODE_ENV', 'test')
      const { code, message } = await project.db(...words)
      expect({ name, words, code, message }).toMatchObject({ code: 1 })
      expect(message?.replace(/^seed one: /, '')).toMatch(expected)
      expect(message).not.toMatch(/secret|\n\s+at /)
      const { errors, output } = await project.run('db', ...words)
      expect(output).toBe('')
      expect(errors.replace(/^mizan (seed one\nmizan )?(seed one: )?/, '')).toMatch(expected)
      expect(errors).not.toMatch(/secret|\n\s+at /)
    })
  },
)

describe('a server that does not answer', () => {
  test('of the server for proofs: nothing is written', async () => {
    await using project = await dbProject('postgres')
    vi.stubEnv('DATABASE_URL', '')
    const scratch = `postgres://somebody:secret@127.0.0.1:${await freePort()}/none`
    const { code, message } = await project.db('generate', 'first', '--scratch', scratch)
    expect(code).toBe(1)
    expect(message).toContain('PostgreSQL cannot be reached')
    await expect(project.ids()).rejects.toThrow('ENOENT')
  })

  test('adopt leaves no schema behind that would be in the way of the next try', async () => {
    await using server = await postgres()
    const client = new Client({ connectionString: server.url })
    await client.connect()
    await client.query('create table people (id integer primary key)')
    await client.end()
    await using project = await dbProject('postgres')
    const config = await project.read('mizan.config.ts')
    await project.write('mizan.config.ts', config.replace('schema-1', 'adopted'))
    vi.stubEnv('DATABASE_URL', server.url)
    const scratch = `postgres://somebody:secret@127.0.0.1:${await freePort()}/none`
    for (const _ of ['first', 'second'])
      expect((await project.db('adopt', '--scratch', scratch)).message).toContain(
        'cannot be reached',
      )
    expect(await project.db('adopt', '--scratch-here')).toMatchObject({ ok: true })
    expect((await project.db('drift')).result.drift).toEqual([])
  })
})

test('a URL of another form is refused in words that do not repeat it', async () => {
  await using project = await dbProject('postgres')
  vi.stubEnv('DATABASE_URL', 'mysql://somebody:secret@host/database')
  const { message } = await project.db('migrate', 'status')
  expect(message).toContain('the url is not of the form postgres://')
  expect(message).not.toMatch(/secret|\n\s+at /)
})
