/** Rows that a migration cannot do without, and that are in its way. */

import { expect, test } from 'vitest'
import {
  type AnyColumnBuilder,
  check,
  integer,
  type MigrationError,
  MigrationPlanError,
  serial,
  table,
  text,
  varchar,
} from '../index.ts'
import { migrateLatest, migrationStatus, readMigrations } from '../migrate.ts'
import { first, type MigrationPlace } from './place.conformance.ts'

/** @param place That of the test that runs. */
export function testRows(place: () => MigrationPlace): void {
  test('what cannot be generated is refused with the way out, and nothing is written', async () => {
    const { migrations, generate } = place()
    await generate(first, 'first')
    const unfilled = {
      projects: table('projects', {
        id: serial().primaryKey(),
        name: varchar(80).notNull(),
        slug: text().notNull(),
      }),
    }
    await expect(generate(unfilled, 'unfilled')).rejects.toBeInstanceOf(MigrationPlanError)
    expect(await readMigrations(migrations)).toHaveLength(1)
  })

  test('before anything runs, the rows that are in the way are counted', async () => {
    const { dialect, generate, options, query } = place()
    const wide = {
      owners: table('owners', { id: serial().primaryKey() }),
      cases: table('cases', {
        id: serial().primaryKey(),
        title: varchar(40),
        note: text(),
        code: varchar(20),
        ownerId: integer(),
        size: integer(),
      }),
    }
    const owners = table('owners', { id: serial().primaryKey() })
    const strict = {
      owners,
      cases: table(
        'cases',
        {
          id: serial().primaryKey(),
          title: varchar(5),
          note: text().notNull(),
          code: varchar(20).unique(),
          ownerId: integer().references(() => owners.id),
          size: integer(),
        },
        () => ({ small: check('cases_small', 'size < 10') }),
      ),
    }
    await generate(wide, 'wide')
    await migrateLatest(options())
    await generate(strict, 'strict')
    for (const code of ['a', 'a', 'b'])
      await query(
        `insert into cases (title, note, code, owner_id, size) values ('too long by far', null, '${code}', 7, 70)`,
      )
    const error: unknown = await migrateLatest(options()).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'migration_rows' })
    const told = (error as MigrationError).message
    if (dialect.name !== 'sqlite')
      expect(told).toContain('3 values of cases.title are longer than 5')
    expect(told).toContain('3 rows of cases have no note')
    expect(told).toContain('1 values of cases (code) stand there more than once')
    expect(told).toContain('3 rows of cases refer to rows of owners that are not there')
    expect(told).toContain('3 rows of cases do not meet cases_small')
    expect((await migrationStatus(options())).partial).toBeUndefined()
    await query('delete from cases')
    expect((await migrateLatest(options())).applied).toHaveLength(1)
  })

  test('values that are none of the other type are counted before it is tried', async () => {
    const { dialect, generate, options, query } = place()
    if (dialect.name === 'sqlite') return
    const of = (size: AnyColumnBuilder) => ({
      things: table('things', { id: serial().primaryKey(), size }),
    })
    await generate(of(varchar(20)), 'text')
    await migrateLatest(options())
    await generate(of(integer()), 'number')
    for (const each of ['12', 'twelve', '99999999999'])
      await query(`insert into things (size) values ('${each}')`)
    await expect(migrateLatest(options())).rejects.toThrow('2 values of things.size are no integer')
    await query(`delete from things where size <> '12'`)
    await migrateLatest(options())
    expect(await query('select size from things')).toEqual([{ size: 12 }])
  })
}
