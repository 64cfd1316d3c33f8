import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'

beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

/** A runner was killed after it had stored that it begins a step without a transaction; the probe cannot tell. */
async function interrupted(direction: 'up' | 'down'): Promise<DbProject> {
  const project = await dbProject('sqlite')
  await project.people()
  await project.db('generate', 'people')
  const { result } = await project.db('migrate', 'make', 'by hand')
  const { id } = result.written as { id: string } // cast: documented
  const script = '-- mizan:step notx\nupdate people set id = id;\n'
  await project.write(`migrations/${id}/up.sql`, script)
  await project.write(`migrations/${id}/down.sql`, script)
  await project.db('prove', id)
  if (direction === 'up') await project.db('migrate', 'up')
  else await project.db('migrate', 'latest')
  const { DatabaseSync } = await import('node:sqlite')
  using database = new DatabaseSync(`${project.root}/.mizan/data.sqlite`)
  const { hash } = JSON.parse(await project.read(`migrations/${id}/meta.json`))
  database
    .prepare(
      'insert into mizan_migrations (id, step, steps, hash, batch, state) values (?, ?, 1, ?, 2, ?)',
    )
    .run(id, direction === 'up' ? 1 : -1, hash, 'started')
  return project
}

describe.skipIf(!sqliteIsThere)('a step of which nobody knows whether it happened', () => {
  test.for([
    ['done', []],
    ['undone', [expect.stringContaining('by_hand')]],
  ] as const)('%s, says a person; the next run believes it', async ([as, applied]) => {
    await using project = await interrupted('up')
    const [, id = ''] = await project.ids()
    expect((await project.db('migrate', 'status')).result.interrupted).toEqual({ id, step: 1 })
    const { message = '' } = await project.db('migrate', 'latest')
    const way = `mizan db migrate resolve ${id} 1 done (or undone)`
    expect(message).toContain(way)
    expect((await project.db('migrate', 'resolve', id, '1', as)).ok).toBe(true)
    expect((await project.db('migrate', 'latest')).result.applied).toEqual(applied)
    expect((await project.db('migrate', 'status')).ok).toBe(true)
  })

  test('on the way back, too', async () => {
    await using project = await interrupted('down')
    const [, id = ''] = await project.ids()
    const { message = '' } = await project.db('migrate', 'down')
    expect(message).toContain(`mizan db migrate resolve ${id} down:1 done (or undone)`)
    expect((await project.db('migrate', 'resolve', id, 'down:1', 'done')).result.step).toBe(-1)
    expect((await project.db('migrate', 'status')).result.pending).toEqual([id])
  })

  test.for<readonly [readonly string[], number, string]>([
    [['1', 'maybe'], 2, 'a step is done or undone, not "maybe"'],
    [['zero', 'done'], 2, 'a step is a number from 1, or down:1'],
    [['0', 'done'], 2, 'a step is a number from 1, or down:1'],
    [['2', 'done'], 1, 'is not one that was interrupted'],
    [['down:1', 'done'], 1, 'is not one that was interrupted'],
  ])('%j is refused', async ([words, code, message]) => {
    await using project = await interrupted('up')
    const [, id = ''] = await project.ids()
    const answer = await project.db('migrate', 'resolve', id, ...words)
    expect(answer.code).toBe(code)
    expect(answer.message).toContain(message)
  })
})
