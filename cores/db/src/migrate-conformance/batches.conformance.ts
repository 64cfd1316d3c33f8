/** Batches that are taken back. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  generateMigration,
  migrateLatest,
  migrateRollback,
  migrationStatus,
  sealMigration,
} from '../migrate.ts'
import { first, type MigrationPlace } from './place.conformance.ts'

/** @param place That of the test that runs. */
export function testBatches(place: () => MigrationPlace): void {
  test('a batch is taken back in one transaction: all of it, or nothing', async () => {
    const { migrations, clock, generate, options, query } = place()
    await generate(first, 'first')
    await migrateLatest(options())
    const byHand = async (named: string, down: string): Promise<string> => {
      const made = await generateMigration({
        ...options(),
        name: named,
        schema: first,
        empty: true,
        clock,
      })
      const id = made?.id ?? ''
      await writeFile(
        join(migrations, id, 'up.sql'),
        `insert into projects (name) values ('${named}')`,
      )
      await writeFile(join(migrations, id, 'down.sql'), down)
      await sealMigration({ migrations, id })
      return id
    }
    const one = await byHand('one', 'delete from gone')
    const two = await byHand('two', `delete from projects where name = 'two'`)
    const told: string[] = []
    const unproved = {
      ...options(),
      requireProof: false,
      onMigration: (id: string) => told.push(id),
    }
    await migrateLatest(unproved)
    told.length = 0
    await expect(migrateRollback(unproved)).rejects.toThrow(`${one} down, step 1 of 1`)
    expect(told).toEqual([])
    expect(await query('select name from projects order by id')).toEqual([
      { name: 'one' },
      { name: 'two' },
    ])
    expect((await migrationStatus(options())).pending).toEqual([])
    await query('create table gone (id integer)')
    expect(await migrateRollback(unproved)).toEqual({ reverted: [two, one], stepwise: [] })
    expect(told).toEqual([two, one])
    expect(await query('select name from projects')).toEqual([{ name: 'one' }])
  })

  test('a batch whose steps cannot share a transaction is taken back one by one, and says so', async () => {
    const { dialect, migrations, clock, generate, options } = place()
    const made = await generate(first, 'first')
    const empty = await generateMigration({
      ...options(),
      name: 'more',
      schema: first,
      empty: true,
      clock,
    })
    const id = empty?.id ?? ''
    const side = (body: string): string => `-- mizan:step batch\n${body}\n`
    await writeFile(join(migrations, id, 'up.sql'), side(`delete from projects where name = 'x'`))
    await writeFile(join(migrations, id, 'down.sql'), side(`delete from projects where name = 'y'`))
    await sealMigration({ migrations, id })
    const unproved = { ...options(), requireProof: false }
    await migrateLatest(unproved)
    const { reverted, stepwise } = await migrateRollback(unproved)
    expect(reverted).toEqual([id, made?.id])
    // What defines tables there is part of no transaction.
    expect(stepwise).toEqual(dialect.ddl.transactional === false ? [id, made?.id] : [id])
  })
}
