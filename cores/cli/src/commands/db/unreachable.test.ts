import { freePort, postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { dbProject } from '../../../test/db-project.ts'

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
  ['introspect'],
  ['seed', 'run'],
  ['studio'],
]

describe('a server that does not answer fails every command with the same words', () => {
  test.for(commands)('%j', async (words) => {
    await using project = await dbProject('postgres')
    await project.write('seeds/one.ts', 'export default (db) => db.query.people.findMany()\n')
    const url = `postgres://somebody:secret@127.0.0.1:${await freePort()}/none`
    vi.stubEnv('DATABASE_URL', url)
    vi.stubEnv('NODE_ENV', 'test')
    const { code, message } = await project.db(...words)
    expect({ code, message }).toMatchObject({ code: 1 })
    expect(message).toMatch(/PostgreSQL cannot be reached: .*Is it running/)
    expect(message).not.toMatch(/secret|\n\s+at /)
    const { errors, output } = await project.run('db', ...words)
    expect(output).toBe('')
    expect(errors).toContain('PostgreSQL cannot be reached')
    expect(errors).not.toMatch(/secret|\n\s+at /)
  })

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
