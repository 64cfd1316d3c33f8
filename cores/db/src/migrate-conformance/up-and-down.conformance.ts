/** Migrations that are generated, applied and taken back. */

import { expect, test } from 'vitest'
import { MigrationError } from '../index.ts'
import { migrateDown, migrateLatest, migrationStatus } from '../migrate.ts'
import * as every from '../test-schema.conformance.ts'
import { first, second, type MigrationPlace } from './place.conformance.ts'

/** @param place That of the test that runs. */
export function testUpAndDown(place: () => MigrationPlace): void {
  test('a schema becomes a migration, a changed schema another, an unchanged one none', async () => {
    const { generate, options, query } = place()
    const one = await generate(first, 'Create projects!')
    expect(one).toMatchObject({
      id: '20261120133700_create_projects',
      changes: ['create table projects'],
    })
    expect(await generate(first, 'again')).toBeUndefined()
    const two = await generate(second, 'tasks')
    expect(two?.id).toBe('20261120133701_tasks')
    expect(two?.changes).toEqual([
      'create table tasks',
      'add column projects.is_public',
      'create index projects_name',
    ])
    expect((await migrateLatest(options())).applied).toEqual([one?.id, two?.id])
    await query("insert into projects (name) values ('a')")
    await query('insert into tasks (project_id) select id from projects')
    expect(await query('select is_public from projects')).toHaveLength(1)
    expect((await migrateLatest(options())).applied).toEqual([])
  })

  test('down takes the last migration back, and latest applies it again', async () => {
    const { generate, options, query } = place()
    const one = await generate(first, 'first')
    const two = await generate(second, 'second')
    await migrateLatest(options())
    expect(await migrateDown(options())).toEqual({ reverted: two?.id })
    await expect(query('select * from tasks')).rejects.toThrow(/tasks/)
    expect(await migrationStatus(options())).toEqual({
      applied: [{ id: one?.id, batch: 1 }],
      pending: [two?.id],
      partial: undefined,
    })
    expect((await migrateLatest(options())).applied).toEqual([two?.id])
    await migrateDown(options())
    expect(await migrateDown(options())).toEqual({ reverted: one?.id })
    expect(await migrateDown(options())).toEqual({ reverted: undefined })
    await expect(query('select * from projects')).rejects.toThrow(/projects/)
  })

  test('every column type, key and constraint goes up, down and up', async () => {
    const { generate, options, query } = place()
    await generate(every, 'everything')
    await migrateLatest(options())
    await migrateDown(options())
    await migrateLatest(options())
    expect(await query('select * from every_type')).toEqual([])
  })

  test('a migration that fails leaves its cause, its place and nothing of its step', async () => {
    const { generate, options, query } = place()
    await generate(first, 'first')
    const two = await generate(second, 'second')
    await migrateLatest({ ...options() })
    await migrateDown(options())
    await query('create table tasks (id integer)')
    const error: unknown = await migrateLatest(options()).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(MigrationError)
    expect((error as MigrationError).message).toContain(`${two?.id}, step 1`)
    expect((error as MigrationError).sql).toContain('create table')
    await query('drop table tasks')
    expect((await migrateLatest(options())).applied).toEqual([two?.id])
  })

  test('several runners at once apply each migration once', async () => {
    const { generate, options } = place()
    const [one, two] = [await generate(first, 'first'), await generate(second, 'second')]
    const results = await Promise.all([1, 2, 3].map(() => migrateLatest(options())))
    const applied = results.flatMap((result) => result.applied)
    expect(new Set(applied)).toEqual(new Set([one?.id, two?.id]))
    expect((await migrationStatus(options())).pending).toEqual([])
  })
}
