import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'

// Whatever it names is not the database of the project.
beforeEach(() => void vi.stubEnv('DATABASE_URL', 'postgres://nobody:secret@localhost:1/none'))
afterEach(() => void vi.unstubAllEnvs())

let schemas = 0

/** People, and pets that belong to them. */
async function declare({ write }: DbProject, people = '', pets = ''): Promise<void> {
  schemas += 1
  const file = `d1-${schemas}.ts`
  await write(
    file,
    `import { check, integer, serial, table, text } from '@mizan/db'
export const people = table('people', { id: serial().primaryKey(), name: text() }, () => ({ ${people} }))
export const pets = table('pets', { id: serial().primaryKey(), owner: integer().references(() => people.id, { onDelete: 'cascade' }), size: integer() }, () => ({ ${pets} }))
void [check, integer, text]
`,
  )
  await write(
    'mizan.config.ts',
    `export default { functions: ['functions.ts'], db: { schema: '${file}', dialect: 'd1', migrations: 'migrations' } }\n`,
  )
}

const small = `small: check('small', 'size < 9')`
const named = `named: check('named', "name <> ''")`

describe.skipIf(!sqliteIsThere)('with D1', () => {
  test('generate writes and proves SQL that Wrangler takes, and says how it is applied', async () => {
    await using made = await dbProject('d1')
    await declare(made)
    await made.db('generate', 'first')
    await declare(made, '', small)
    const { output, errors } = await made.run('db', 'generate', 'small pets')
    expect(output).toBe('')
    expect(errors).toMatch(/proved on sqlite [\d.]+: up, down and up again, with rows in 2 tables/)
    expect(errors).toContain('npx wrangler d1 migrations apply <database>')
    expect(errors).toContain('"migrations_pattern": "migrations/*/up.sql"')
    const [, last = ''] = await made.ids()
    expect(await made.read(`migrations/${last}/up.sql`)).toContain(
      'pragma defer_foreign_keys = on;',
    )
    expect(JSON.parse(await made.read(`migrations/${last}/meta.json`))).toMatchObject({
      dialect: 'd1',
      proof: { engine: { name: 'sqlite' }, rows: ['people', 'pets'] },
    })
    for (const id of await made.ids()) await made.db('migrate', 'review', id)
    expect((await made.db('migrate', 'verify')).ok).toBe(true)
  })

  test('what would delete rows there is refused with its reason, and nothing is written', async () => {
    await using made = await dbProject('d1')
    await declare(made)
    await made.db('generate', 'first')
    await declare(made, named)
    const { code, message } = await made.db('generate', 'named')
    expect(code).toBe(1)
    expect(message).toContain('pets.owner refers to it (on delete cascade)')
    expect(await made.ids()).toHaveLength(1)
  })

  test('a table of more columns than D1 takes is refused', async () => {
    await using made = await dbProject('d1')
    await made.people(Array.from({ length: 100 }, (_, at) => `c${at}: text()`).join(', '))
    expect((await made.db('generate', 'wide')).message).toBe(
      'people has 101 columns; a table of D1 has 100 at most',
    )
  })

  test.for([
    [
      '-- mizan:step batch\nupdate people set name = 1 where name is null;\n',
      'of the kind "batch"',
    ],
    ['begin;\n-- mizan:statement\nselect 1;\n', 'says "begin", which D1 refuses'],
    ['pragma foreign_keys = off;\n', 'says "pragma foreign_keys = off", which D1 refuses'],
  ] as const)('what Wrangler cannot run is not proved: %j', async ([script, reason]) => {
    await using made = await dbProject('d1')
    await declare(made)
    await made.db('generate', 'first')
    const { id } = (await made.db('migrate', 'make', 'by hand')).result.written as { id: string } // cast: documented
    await made.write(`migrations/${id}/up.sql`, script)
    const { code, message } = await made.db('prove', id)
    expect({ code, message }).toEqual({ code: 1, message: expect.stringContaining(reason) })
    expect((await made.db('migrate', 'make', 'more', '--code')).code).toBe(2)
  })

  test.for([
    ['migrate', 'latest'],
    ['migrate', 'up'],
    ['migrate', 'down'],
    ['migrate', 'rollback'],
    ['migrate', 'status'],
    ['migrate', 'reset'],
    ['migrate', 'unlock'],
    ['migrate', 'resolve', 'any', '1', 'done'],
    ['drift'],
    ['reconcile'],
    ['adopt'],
    ['introspect'],
    ['seed', 'run'],
    ['studio'],
  ])('%s %s names the command of Wrangler instead', async (...[words]) => {
    await using made = await dbProject('d1')
    vi.stubEnv('NODE_ENV', 'test')
    const { code, message } = await made.db(...words)
    expect({ code, message }).toEqual({
      code: 1,
      message: expect.stringContaining('npx wrangler d1 migrations list <database>'),
    })
    expect(message).not.toContain('secret')
  })

  test('a file of Wrangler is read without what is not the schema', async () => {
    await using made = await dbProject('d1')
    const { DatabaseSync } = await import('node:sqlite')
    {
      using file = new DatabaseSync(`${made.root}/state.sqlite`)
      file.exec('create table _cf_METADATA (key integer primary key, value blob)')
      file.exec('create table d1_migrations (id integer primary key, name text)')
      file.exec('create table people (id integer primary key autoincrement, name text)')
    }
    const { result } = await made.db('introspect', '--url', `${made.root}/state.sqlite`)
    expect(result.source).toContain(`table('people'`)
    expect(result.source).not.toMatch(/_cf_|d1_migrations/)
  })
})
