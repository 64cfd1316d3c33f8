/** What migrations must do on every dialect; each runs this on a real database. */

import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConformanceDatabase } from './dialect.conformance.ts'
import {
  type AnyColumnBuilder,
  boolean,
  check,
  createDbClient,
  index,
  integer,
  MigrationError,
  MigrationHashError,
  MigrationPlanError,
  MigrationProofError,
  serial,
  table,
  text,
  UnknownMigrationError,
  varchar,
} from './index.ts'
import {
  generateMigration,
  migrateDown,
  migrateLatest,
  migrateRollback,
  migrationStatus,
  readMigrations,
  type OpenScratch,
  proveFiles,
  scratchBeside,
  scratchInMemory,
  sealMigration,
} from './migrate.ts'
import * as every from './test-schema.conformance.ts'

const projects = table('projects', { id: serial().primaryKey(), name: varchar(80).notNull() })
const first = { projects }
const grown = table(
  'projects',
  {
    id: serial().primaryKey(),
    name: varchar(80).notNull(),
    isPublic: boolean().default(false).notNull(),
  },
  (t) => ({ byName: index('projects_name').on(t.name) }),
)
const second = {
  projects: grown,
  tasks: table('tasks', {
    id: serial().primaryKey(),
    projectId: integer()
      .notNull()
      .references(() => grown.id, { onDelete: 'cascade' }),
  }),
}

/** Runs the suite. */
export function testMigrations(name: string, open: () => Promise<ConformanceDatabase>): void {
  describe(`${name} migrations:`, () => {
    let database: ConformanceDatabase
    let migrations: string

    beforeEach(async () => {
      database = await open()
      migrations = await mkdtemp(join(tmpdir(), 'mizan-migrations-'))
    })

    afterEach(async () => {
      await rm(migrations, { recursive: true, force: true })
      await database[Symbol.asyncDispose]()
    })

    const clock = (): number => Date.UTC(2026, 10, 20, 13, 37)
    const scratch = (): OpenScratch =>
      scratchInMemory(database.dialect) ?? scratchBeside(database.dialect)
    const generate = (schema: object, named: string) =>
      generateMigration({
        migrations,
        name: named,
        schema,
        dialect: database.dialect,
        scratch: scratch(),
        clock,
      })
    const options = () => ({ migrations, dialect: database.dialect })
    const query = async (text: string): Promise<unknown[]> => {
      await using db = createDbClient({ schema: {}, dialect: database.dialect })
      return (await sql.raw(text).execute(db)).rows
    }

    test('a schema becomes a migration, a changed schema another, an unchanged one none', async () => {
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
      await generate(every, 'everything')
      await migrateLatest(options())
      await migrateDown(options())
      await migrateLatest(options())
      expect(await query('select * from every_type')).toEqual([])
    })

    test('a batch is taken back in one transaction: all of it, or nothing', async () => {
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
      await writeFile(
        join(migrations, id, 'down.sql'),
        side(`delete from projects where name = 'y'`),
      )
      await sealMigration({ migrations, id })
      const unproved = { ...options(), requireProof: false }
      await migrateLatest(unproved)
      const { reverted, stepwise } = await migrateRollback(unproved)
      expect(reverted).toEqual([id, made?.id])
      // What defines tables there is part of no transaction.
      expect(stepwise).toEqual(database.dialect.ddl.transactional === false ? [id, made?.id] : [id])
    })

    test('a migration that fails leaves its cause, its place and nothing of its step', async () => {
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

    test('files that changed after they were applied stop everything', async () => {
      const one = await generate(first, 'first')
      await migrateLatest(options())
      await appendFile(join(one?.path ?? '', 'up.sql'), '-- an afterthought\n')
      await expect(migrationStatus(options())).rejects.toBeInstanceOf(MigrationHashError)
      await expect(migrateLatest(options())).rejects.toThrow(/was applied with other files/)
    })

    test('files that changed before they were applied are sealed or refused; line ends are no change', async () => {
      const one = await generate(first, 'first')
      const up = join(one?.path ?? '', 'up.sql')
      const text = await readFile(up, 'utf8')
      await writeFile(up, text.replaceAll('\n', '\r\n'))
      expect((await migrationStatus(options())).pending).toEqual([one?.id])
      await writeFile(
        up,
        `${text}\n-- mizan:statement\ninsert into projects (name) values ('seed; -- not a comment');\n`,
      )
      await expect(migrateLatest(options())).rejects.toThrow(/mizan db prove/)
      await sealMigration({ migrations, id: one?.id ?? '' })
      await expect(migrateLatest(options())).rejects.toBeInstanceOf(MigrationProofError)
      await proveFiles({ ...options(), scratch: scratch(), id: one?.id ?? '' })
      await migrateLatest(options())
      expect(await query('select name from projects')).toEqual([{ name: 'seed; -- not a comment' }])
    })

    test('a migration that the database has and the folder has not is named', async () => {
      const one = await generate(first, 'first')
      await migrateLatest(options())
      await rm(one?.path ?? '', { recursive: true })
      await expect(migrationStatus(options())).rejects.toBeInstanceOf(UnknownMigrationError)
    })

    test('two lines of migrations are told apart', async () => {
      const one = await generate(first, 'first')
      const two = await generate(second, 'second')
      await rm(one?.path ?? '', { recursive: true })
      await expect(readMigrations(migrations)).rejects.toThrow(
        new RegExp(`${two?.id} follows ${one?.id}`),
      )
    })

    test('several runners at once apply each migration once', async () => {
      const [one, two] = [await generate(first, 'first'), await generate(second, 'second')]
      const results = await Promise.all([1, 2, 3].map(() => migrateLatest(options())))
      const applied = results.flatMap((result) => result.applied)
      expect(new Set(applied)).toEqual(new Set([one?.id, two?.id]))
      expect((await migrationStatus(options())).pending).toEqual([])
    })

    test('what cannot be generated is refused with the way out, and nothing is written', async () => {
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
      if (database.dialect.name !== 'sqlite')
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
      if (database.dialect.name === 'sqlite') return
      const of = (size: AnyColumnBuilder) => ({
        things: table('things', { id: serial().primaryKey(), size }),
      })
      await generate(of(varchar(20)), 'text')
      await migrateLatest(options())
      await generate(of(integer()), 'number')
      for (const each of ['12', 'twelve', '99999999999'])
        await query(`insert into things (size) values ('${each}')`)
      await expect(migrateLatest(options())).rejects.toThrow(
        '2 values of things.size are no integer',
      )
      await query(`delete from things where size <> '12'`)
      await migrateLatest(options())
      expect(await query('select size from things')).toEqual([{ size: 12 }])
    })

    test('a migration of data runs as code, batch by batch, and goes on where it was stopped', async () => {
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
  })
}
