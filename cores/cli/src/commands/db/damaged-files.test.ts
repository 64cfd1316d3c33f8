import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'

beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

/** Two migrations, the first of them applied. */
async function halfApplied(): Promise<DbProject> {
  const project = await dbProject('sqlite')
  await project.db('generate', 'people')
  await project.people('name: text()')
  await project.db('generate', 'name')
  await project.db('migrate', 'up')
  return project
}

/** Everything that looks at the migrations. */
const commands: readonly (readonly string[])[] = [
  ['migrate', 'latest'],
  ['migrate', 'up'],
  ['migrate', 'latest', '--dry-run'],
  ['migrate', 'down'],
  ['migrate', 'rollback', '--all'],
  ['migrate', 'status'],
  ['migrate', 'reset'],
  ['migrate', 'verify'],
  ['generate', 'more'],
  ['migrate', 'make', 'more'],
  ['merge'],
  ['drift'],
  ['reconcile'],
]

const conflict = '<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other\n'

describe.skipIf(!sqliteIsThere)('a damaged migration stops every command, which names it', () => {
  test.for<readonly [string, (project: DbProject, id: string) => Promise<void>, string]>([
    [
      'a file that is gone',
      ({ remove }, id) => remove(`migrations/${id}/down.sql`),
      'has no down.sql; restore it from version control',
    ],
    [
      'a snapshot that is no JSON',
      ({ write }, id) => write(`migrations/${id}/snapshot.json`, '{ "version": 1'),
      '/snapshot.json is not JSON; restore it from version control',
    ],
    [
      'a snapshot that is something else',
      ({ write }, id) => write(`migrations/${id}/snapshot.json`, '[]'),
      '/snapshot.json is not a schema snapshot',
    ],
    [
      'a description that is no JSON',
      ({ write }, id) => write(`migrations/${id}/meta.json`, 'null and void'),
      '/meta.json is not JSON',
    ],
    [
      'a description of something else',
      ({ write }, id) => write(`migrations/${id}/meta.json`, '{ "version": 1, "id": "other" }'),
      '/meta.json is not the description of this migration',
    ],
    ...(['up.sql', 'snapshot.json', 'meta.json'] as const).map(
      (file) =>
        [
          `conflict marks in ${file}`,
          async ({ read, write }: DbProject, id: string) =>
            write(
              `migrations/${id}/${file}`,
              `${await read(`migrations/${id}/${file}`)}${conflict}`,
            ),
          'has the marks of a merge that was not resolved',
        ] as const,
    ),
    [
      'a marker that is none',
      ({ write }, id) => write(`migrations/${id}/up.sql`, '-- mizan:step maybe\nselect 1;\n'),
      '"-- mizan:step maybe" is no marker',
    ],
  ])('%s', async ([, damage, message]) => {
    await using project = await halfApplied()
    const [, last = ''] = await project.ids()
    await damage(project, last)
    for (const words of commands) {
      const answer = await project.db(...words)
      expect({ words, ...answer }).toMatchObject({ words, code: 1 })
      expect(answer.message).toContain(message)
      expect(answer.message).toContain(last)
      // A message for people: no stack.
      expect(answer.message).not.toMatch(/\n\s+at /)
    }
    expect(await project.ids()).toHaveLength(2)
  })

  test('a folder that is gone is told by the one that follows it', async () => {
    await using project = await halfApplied()
    const [first = '', last = ''] = await project.ids()
    await project.remove(`migrations/${first}`)
    for (const words of commands) {
      const { code, message } = await project.db(...words)
      if (words[0] === 'merge') continue
      expect({ words, code, message }).toEqual({
        words,
        code: 1,
        message: `${last} follows ${first}, whose files are not here; restore them from version control`,
      })
    }
  })
})

describe.skipIf(!sqliteIsThere)('what does not matter stops nothing', () => {
  test('notes, what a killed command left, and a journal that was merged by hand', async () => {
    await using project = await halfApplied()
    const [, last = ''] = await project.ids()
    await project.write('migrations/README.md', 'ours')
    await project.write(`migrations/.${last}.partial/up.sql`, 'drop table people')
    await project.write('migrations/_journal.json', conflict)
    expect((await project.db('migrate', 'latest')).result.applied).toEqual([last])
    await project.people('name: text(), age: integer()')
    expect((await project.db('generate', 'age')).ok).toBe(true)
    expect(JSON.parse(await project.read('migrations/_journal.json')).entries).toHaveLength(3)
  })

  test('a folder whose name is none is told of, and fails verify', async () => {
    await using project = await halfApplied()
    await mkdir(join(project.root, 'migrations/2026_add_users'))
    expect((await project.db('migrate', 'status')).result.foreign).toEqual(['2026_add_users'])
    expect((await project.db('migrate', 'verify')).result.problems).toContainEqual({
      id: '2026_add_users',
      problem: 'foreign',
      text: expect.stringContaining('is no migration, and no run looks into it'),
    })
  })

  test('a schema with conflict marks fails what needs it, and nothing else', async () => {
    await using project = await halfApplied()
    await project.write('broken.ts', conflict)
    const config = await project.read('mizan.config.ts')
    await project.write('mizan.config.ts', config.replace('schema-2.ts', 'broken.ts'))
    expect((await project.db('generate', 'more')).message).toContain('broken.ts does not load')
    expect((await project.db('migrate', 'latest')).ok).toBe(true)
  })
})

describe.skipIf(!sqliteIsThere)('a migration that was edited', () => {
  const edit = async ({ read, write }: DbProject, id: string): Promise<void> =>
    write(`migrations/${id}/up.sql`, `${await read(`migrations/${id}/up.sql`)}-- later\n`)

  test('after it was applied stops every command that looks at the database', async () => {
    await using project = await halfApplied()
    const [first = ''] = await project.ids()
    await edit(project, first)
    for (const words of commands) {
      if (['generate', 'merge'].includes(words[0] ?? '')) continue
      if (['verify', 'make', 'reset'].includes(words[1] ?? '')) continue
      const { code, message } = await project.db(...words)
      expect({ words, code, message }).toMatchObject({ words, code: 1 })
      expect(message).toContain(`${first} was applied with other files`)
    }
    expect((await project.db('migrate', 'verify')).result.problems).toContainEqual(
      expect.objectContaining({ id: first, problem: 'hash' }),
    )
  })

  test('before it was applied says how it is sealed; proved, it runs', async () => {
    await using project = await halfApplied()
    const [, last = ''] = await project.ids()
    await edit(project, last)
    expect((await project.db('migrate', 'latest')).message).toContain(`mizan db prove ${last}`)
    expect((await project.db('prove', last)).ok).toBe(true)
    expect((await project.db('migrate', 'latest')).result.applied).toEqual([last])
  })

  test('reset drops nothing when what comes after it cannot be applied', async () => {
    await using project = await halfApplied()
    const [first = '', last = ''] = await project.ids()
    await edit(project, last)
    expect((await project.db('migrate', 'reset')).message).toContain(`mizan db prove ${last}`)
    await project.db('prove', last)
    expect((await project.db('migrate', 'status')).result.applied).toMatchObject([{ id: first }])
  })

  test('a proof of a newer engine is refused, and the database stays where it was', async () => {
    await using project = await halfApplied()
    const [, last = ''] = await project.ids()
    const path = `migrations/${last}/meta.json`
    const meta = JSON.parse(await project.read(path))
    meta.proof.engine.version = '99.1'
    await project.write(path, JSON.stringify(meta))
    for (const words of [
      ['migrate', 'latest'],
      ['migrate', 'up'],
    ])
      expect((await project.db(...words)).message).toContain(
        `${last} was proved on sqlite 99.1, and this is sqlite`,
      )
    expect((await project.db('migrate', 'status')).result.pending).toEqual([last])
    expect((await project.db('prove', last)).ok).toBe(true)
    expect((await project.db('migrate', 'latest')).result.applied).toEqual([last])
  })
})
