import { mariadb } from '@mizan/testing/resources'
import { createConnection } from 'mysql2/promise'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'
import { main } from '../../main.ts'

afterEach(() => void vi.unstubAllEnvs())

interface Place extends AsyncDisposable {
  readonly made: DbProject
  /** Somebody else migrates, until it is disposed. */
  hold(): Promise<AsyncDisposable>
}

async function onMariadb(): Promise<Place> {
  const server = await mariadb()
  vi.stubEnv('DATABASE_URL', server.url)
  vi.stubEnv('NODE_ENV', 'test')
  const made = await withMigration(
    await dbProject('mysql', { DATABASE_URL: server.url, NODE_ENV: 'test' }),
    ['--scratch-here'],
  )
  return {
    made,
    async hold() {
      const session = await createConnection(server.url)
      session.on('error', () => undefined)
      await session.query(`select get_lock(concat('mizan.', left(md5(database()), 32)), 0)`)
      return { [Symbol.asyncDispose]: () => session.end().catch(() => undefined) }
    },
    async [Symbol.asyncDispose]() {
      await made[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function onSqlite(): Promise<Place> {
  vi.stubEnv('DATABASE_URL', '')
  const made = await withMigration(await dbProject('sqlite'), [])
  return {
    made,
    async hold() {
      const { DatabaseSync } = await import('node:sqlite')
      const session = new DatabaseSync(`${made.root}/.mizan/data.sqlite`)
      session.exec('begin immediate')
      return {
        [Symbol.asyncDispose]() {
          session.close()
          return Promise.resolve()
        },
      }
    },
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  }
}

/** One migration that is applied, and one that is not. */
async function withMigration(made: DbProject, scratch: readonly string[]): Promise<DbProject> {
  await made.people('note: text()')
  expect(await made.db('generate', 'people', ...scratch)).toMatchObject({ ok: true })
  expect(await made.db('migrate', 'latest')).toMatchObject({ ok: true })
  await made.people('note: text(), age: integer()')
  expect(await made.db('generate', 'age', ...scratch)).toMatchObject({ ok: true })
  return made
}

const commands: readonly (readonly string[])[] = [
  ['migrate', 'latest'],
  ['migrate', 'up'],
  ['migrate', 'down'],
  ['migrate', 'rollback'],
  ['reconcile'],
  ['reconcile', '--revert'],
  ['reconcile', '--adopt', '--scratch-here'],
]

describe.for([
  [
    'MariaDB',
    onMariadb,
    /^Another process is migrating .* 0 s \(connection \d+\)\. To end it: mizan db migrate unlock$/,
  ],
  ['SQLite', onSqlite, /^Another process is migrating .* 0 s\. Try again when it has ended$/],
] as const)('a second runner on %s', ([name, open, refusal]) => {
  test.skipIf(name === 'SQLite' && !sqliteIsThere)(
    'is refused after --lock-timeout by every command that takes the lock, and may look',
    async () => {
      await using place = await open()
      const { made } = place
      {
        await using _other = await place.hold()
        for (const words of commands) {
          const { code, message } = await made.db(...words, '--lock-timeout', '0')
          expect({ words, code, message }).toEqual({
            words,
            code: 1,
            message: expect.stringMatching(refusal),
          })
        }
        const { result } = await made.db('migrate', 'status')
        expect(result).toMatchObject({ applied: [{ batch: 1 }], pending: [expect.any(String)] })
        expect((await made.db('drift')).ok).toBe(true)
      }
      expect((await made.db('migrate', 'latest')).result.applied).toHaveLength(1)
      expect((await made.db('drift')).ok).toBe(true)
    },
  )

  test.skipIf(name === 'SQLite' && !sqliteIsThere)(
    'waits, says so, and goes on when the first has ended',
    async () => {
      await using place = await open()
      const other = await place.hold()
      const said: string[] = []
      const say = (text: string): void => {
        said.push(text)
        if (text.startsWith('waiting')) void other[Symbol.asyncDispose]()
      }
      const terminal = { print: say, say, complain: say, dim: (text: string) => text }
      const folder = place.made.root
      expect(await main(['db', 'migrate', 'latest'], { folder, terminal })).toBe(0)
      expect(said).toContainEqual(expect.stringMatching(/^waiting for another migration/))
      expect(said.at(-1)).toMatch(/^applied 1 migration in /)
    },
  )

  test.skipIf(name === 'SQLite' && !sqliteIsThere)(
    'that waits ends with Ctrl-C, and has done nothing',
    async () => {
      await using place = await open()
      await using _other = await place.hold()
      const { made } = place
      await using running = made.start('db', 'migrate', 'latest', '--json')
      await running.until(/waiting for another migration/)
      running.signal('SIGINT')
      const { code, output } = await running.ended
      expect(code).toBe(130)
      expect(JSON.parse(output).message).toBe('stopped while another process migrates')
      expect((await made.db('migrate', 'status')).result.pending).toHaveLength(1)
    },
  )
})

describe('a login of MariaDB that may not', () => {
  test('is told so, nothing is half applied, and one that may goes on', async () => {
    await using server = await mariadb()
    vi.stubEnv('DATABASE_URL', server.url)
    vi.stubEnv('NODE_ENV', 'test')
    await using made = await withMigration(await dbProject('mysql'), ['--scratch-here'])
    const admin = await createConnection({ uri: server.url, multipleStatements: true })
    const database = new URL(server.url).pathname.slice(1)
    const login = `'limited_${database}'@'%'`
    try {
      await admin.query(
        `create user ${login} identified by 'p'; grant select on ${database}.* to ${login}`,
      )
      const limited = new URL(server.url)
      limited.username = `limited_${database}`
      limited.password = 'p'
      vi.stubEnv('DATABASE_URL', limited.href)
      const wayOut =
        'The login of DATABASE_URL has not this right: grant it, or use a login that has it'
      for (const words of [
        ['migrate', 'latest'],
        ['migrate', 'up'],
        ['migrate', 'down'],
        ['migrate', 'rollback'],
        ['migrate', 'reset'],
      ]) {
        const { code, message } = await made.db(...words)
        expect({ words, code, message }).toEqual({
          words,
          code: 1,
          message: expect.stringContaining(`denied to user`),
        })
        expect(message).toContain(wayOut)
        expect(message).not.toContain('    at ')
      }
      await admin.query(`revoke select on ${database}.* from ${login}`)
      for (const words of [['migrate', 'status'], ['drift'], ['introspect'], ['studio']])
        expect((await made.db(...words)).message).toContain(wayOut)
      vi.stubEnv('DATABASE_URL', server.url)
      const { result } = await made.db('migrate', 'status')
      expect(result).toMatchObject({ applied: [{}], pending: [expect.any(String)] })
      expect((await made.db('migrate', 'latest')).ok).toBe(true)
    } finally {
      await admin.query(`drop user if exists ${login}`)
      await admin.end()
    }
  })
})
