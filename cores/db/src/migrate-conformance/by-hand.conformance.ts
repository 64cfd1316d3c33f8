/** Migrations whose statements or code somebody writes. */

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MigrationHashError, MigrationProofError, serial, table, varchar } from '../index.ts'
import {
  generateMigration,
  migrateDown,
  migrateLatest,
  migrationStatus,
  proveFiles,
  sealMigration,
} from '../migrate.ts'
import { first, type MigrationPlace } from './place.conformance.ts'

/** @param place That of the test that runs. */
export function testByHand(place: () => MigrationPlace): void {
  test('a migration of data runs as code, batch by batch, and goes on where it was stopped', async () => {
    const { clock, scratch, generate, options, query } = place()
    await generate(first, 'first')
    await migrateLatest(options())
    const projectsOf = async (): Promise<unknown[]> =>
      (await query('select name from projects order by id')).map(
        (row) => Object.values(row as object)[0],
      ) // cast: a row
    await query(`insert into projects (name) values ('a'), ('b'), ('c'), ('d'), ('e')`)
    const made = await generateMigration({
      ...options(),
      name: 'louder',
      schema: first,
      empty: true,
      code: true,
      clock,
    })
    const code = (change: string): string => `
      import { step } from './step.ts'
      export default {
        async batch(db, cursor) {
          const rows = await db.selectFrom('projects').select(['id', 'name']).where('id', '>', cursor ?? 0)
            .orderBy('id').limit(step).execute()
          for (const { id, name } of rows)
            await db.updateTable('projects').set({ name: ${change} }).where('id', '=', id).execute()
          return rows.length === 0 ? undefined : { cursor: Number(rows.at(-1).id), rows: rows.length }
        },
      }`
    const write = (name: string, content: string): Promise<void> =>
      writeFile(join(made?.path ?? '', name), content)
    await write('step.ts', 'export const step = 2')
    await write('up.ts', code("name + '!'"))
    await write('down.ts', code('name.slice(0, -1)'))
    await expect(migrateLatest(options())).rejects.toThrow(/mizan db prove/)
    await proveFiles({ ...options(), scratch: scratch(), id: made?.id ?? '' })

    const stop = new AbortController()
    const seen: number[] = []
    const onProgress = (rows: number): void => {
      seen.push(rows)
      if (rows === 4) stop.abort()
    }
    await expect(
      migrateLatest({ ...options(), onProgress, signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'migration_stopped' })
    expect([seen, await projectsOf()]).toEqual([
      [2, 4],
      ['a!', 'b!', 'c!', 'd!', 'e'],
    ])
    expect((await migrationStatus(options())).pending).toEqual([made?.id])
    await migrateLatest(options())
    expect(await projectsOf()).toEqual(['a!', 'b!', 'c!', 'd!', 'e!'])
    await migrateDown(options())
    expect(await projectsOf()).toEqual(['a', 'b', 'c', 'd', 'e'])
    // What is imported belongs to the migration.
    await write('step.ts', 'export const step = 3')
    await expect(migrateLatest(options())).rejects.toBeInstanceOf(MigrationHashError)
  })

  test('code that is one function is one transaction with its bookkeeping', async () => {
    const { migrations, clock, generate, options, query } = place()
    await generate(first, 'first')
    const made = await generateMigration({
      ...options(),
      name: 'seed',
      schema: first,
      empty: true,
      code: true,
      clock,
    })
    const write = (name: string, content: string): Promise<void> =>
      writeFile(join(made?.path ?? '', name), content)
    const insert = `await db.insertInto('projects').values({ name: 'seed' }).execute()`
    await write(
      'up.ts',
      `export default async (db) => { ${insert}; throw new Error('no further') }`,
    )
    await write(
      'down.ts',
      `export default async (db) => { await db.deleteFrom('projects').execute() }`,
    )
    await sealMigration({ migrations, id: made?.id ?? '' })
    await expect(migrateLatest({ ...options(), requireProof: false })).rejects.toThrow(
      `${made?.id}, step 1 of 1: no further`,
    )
    expect(await query('select * from projects')).toEqual([])
    expect((await migrationStatus(options())).pending).toEqual([made?.id])
  })

  test('an empty migration is written by hand, and proved before it is applied', async () => {
    const { clock, scratch, generate, options } = place()
    await generate(first, 'first')
    const schema = {
      projects: table('projects', { id: serial().primaryKey(), name: varchar(80) }),
    }
    const two = await generateMigration({
      ...options(),
      name: 'by hand',
      schema,
      empty: true,
      scratch: scratch(),
      clock,
    })
    expect(two).toMatchObject({ changes: [], proof: undefined })
    await expect(migrateLatest(options())).rejects.toBeInstanceOf(MigrationProofError)
    await expect(
      proveFiles({ ...options(), scratch: scratch(), id: two?.id ?? '' }),
    ).rejects.toThrow(/column projects.name: expected/)
    await rm(two?.path ?? '', { recursive: true })
    await generate(schema, 'by machine')
    await migrateLatest(options())
    expect((await migrationStatus(options())).pending).toEqual([])
    expect(await generate(schema, 'nothing')).toBeUndefined()
  })
}
