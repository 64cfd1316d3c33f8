import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'

beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

async function migrated(): Promise<DbProject> {
  const project = await dbProject('sqlite')
  await project.people('name: text().notNull().unique()')
  await project.db('generate', 'people')
  await project.db('migrate', 'latest')
  return project
}

const insert = (name: string): string => `import { people } from '../schema-2.ts'
export default async (db) => void (await db.insert(people).values({ name: '${name}' }).execute())
`

async function names({ root }: DbProject): Promise<unknown[]> {
  const { DatabaseSync } = await import('node:sqlite')
  using database = new DatabaseSync(`${root}/.mizan/data.sqlite`)
  return database
    .prepare('select name from people order by id')
    .all()
    .map((row) => row['name'])
}

describe.skipIf(!sqliteIsThere)('seeds', () => {
  test('run in the order of their names, or those that are named', async () => {
    await using project = await migrated()
    await project.write('seeds/2-second.ts', insert('second'))
    await project.write('seeds/1-first.ts', insert('first'))
    await project.write('seeds/3-third.ts', insert('third'))
    await project.write('seeds/types.d.ts', '')
    expect((await project.db('seed', 'run', '--only', '3-third')).result.seeds).toEqual(['3-third'])
    await project.remove('seeds/3-third.ts')
    const { errors } = await project.run('db', 'seed', 'run')
    expect(errors).toMatch(/seed 1-first\n.*seed 2-second/)
    expect(await names(project)).toEqual(['third', 'first', 'second'])
  })

  test('none is no failure, and is told', async () => {
    await using project = await migrated()
    expect(await project.run('db', 'seed', 'run')).toMatchObject({
      code: 0,
      errors: expect.stringContaining('there are no seeds in'),
    })
    expect((await project.db('seed', 'run')).result).toEqual({ seeds: [] })
  })

  test('one that is refused ends the run, names itself, and says what ran before it', async () => {
    await using project = await migrated()
    await project.write('seeds/1.ts', insert('one'))
    await project.write('seeds/2.ts', insert('one'))
    await project.write('seeds/3.ts', insert('three'))
    const { code, message, result } = await project.db('seed', 'run')
    expect({ code, result }).toEqual({ code: 1, result: { seeds: ['1'] } })
    expect(message).toMatch(/^seed 2: .*UNIQUE constraint failed: people\.name/)
    expect(await names(project)).toEqual(['one'])
  })

  test('an error of its own is told with its place', async () => {
    await using project = await migrated()
    await project.write('seeds/wrong.ts', `export default () => { null.name }\n`)
    expect((await project.db('seed', 'run')).message).toMatch(/TypeError: [^]*wrong\.ts:1/)
  })

  test.for<readonly [string, string, number, string]>([
    ['that is not there', 'nothing', 2, 'there is no seed "nothing" in'],
    ['outside of the folder', '../schema-1', 2, 'there is no seed "../schema-1"'],
    ['that exports no function', 'empty', 1, 'empty.ts has no default export'],
    ['that does not parse', 'broken', 1, 'broken.ts'],
  ])('one %s is refused', async ([, name, code, message]) => {
    await using project = await migrated()
    await project.write('seeds/empty.ts', 'export const seed = 1\n')
    await project.write('seeds/broken.ts', 'export default (\n')
    const answer = await project.db('seed', 'run', '--only', name)
    expect(answer.code).toBe(code)
    expect(answer.message).toContain(message)
  })

  test('make writes one that runs and knows the types of the schema, and overwrites nothing', async () => {
    await using project = await migrated()
    const { path } = (await project.db('seed', 'make', 'demo')).result
    expect(path).toBe(`${project.root}/seeds/demo.ts`)
    expect(await project.read('seeds/demo.ts')).toContain(`from '../schema-2.ts'`)
    expect((await project.db('seed', 'run')).result.seeds).toEqual(['demo'])
    expect((await project.db('seed', 'make', 'demo')).message).toContain('is there already')
    for (const name of ['../demo', 'a b', 'a/b', ''])
      expect(await project.db('seed', 'make', name)).toMatchObject({ code: 2 })
  })

  test.for([1, 2])('Ctrl-C %d times ends the run, which says what has run', async (times) => {
    await using project = await migrated()
    await project.write('seeds/1.ts', insert('one'))
    await project.write(
      'seeds/2.ts',
      `import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
export default async () => {
  process.stderr.write('held\\n')
  while (!existsSync('go')) await setImmediate()
}
`,
    )
    await project.write('seeds/3.ts', insert('three'))
    await using running = project.start('db', 'seed', 'run', '--json')
    await running.until(/held/)
    running.signal('SIGINT')
    await running.until(/stopping when this seed is done; Ctrl-C once more does not wait/)
    if (times === 1) await project.write('go', '')
    else running.signal('SIGINT')
    const { code, output } = await running.ended
    expect({ code, ...JSON.parse(output) }).toMatchObject(
      times === 1
        ? { code: 130, message: 'stopped before seed 3', result: { seeds: ['1', '2'] } }
        : { code: 130, message: 'ended in the middle of it; what it has stored so far stays' },
    )
    expect(await names(project)).toEqual(['one'])
    expect((await project.db('seed', 'run', '--only', '3')).ok).toBe(true)
  })
})
