/** A runner that is killed at any statement: the next one finishes, and each step happens once. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countedDialect, killedDialect } from './crashes/killed-dialect.conformance.ts'
import { type RunnerModule, startRunner } from './crashes/start-runner.conformance.ts'
import type { DialectPackage } from './dialect/dialect-package.ts'
import {
  check,
  createDbClient,
  enumType,
  index,
  integer,
  serial,
  table,
  text,
  varchar,
} from './index.ts'
import {
  findDrift,
  generateMigration,
  migrateDown,
  migrateLatest,
  migrateUp,
  migrationStatus,
  readMigrations,
  type Scratch,
} from './migrate.ts'

const before = {
  people: table('people', {
    id: serial().primaryKey(),
    name: varchar(40),
    age: integer().default(1),
  }),
}
const mood = enumType('mood', ['calm', 'loud'])
const grown = table(
  'people',
  {
    id: serial().primaryKey(),
    name: varchar(40).unique(),
    age: integer().default(1).notNull(),
    note: text(),
    mood: mood().default('calm').notNull(),
  },
  (t) => ({ byAge: index('people_age').on(t.age), old: check('people_old', 'age > 0') }),
)
const after = {
  mood,
  people: grown,
  pets: table('pets', {
    id: serial().primaryKey(),
    ownerId: integer().references(() => grown.id, { onDelete: 'cascade' }),
  }),
}

const isNight = process.env['MIZAN_NIGHTLY'] === '1'
/** Every boundary at night; by day every seventh, which falls on each kind of statement. */
const stride = isNight ? 1 : 7
/** Processes are killed at every boundary at night; by day at as many. */
const kills = isNight ? Infinity : 3

/** A database of its own, and how a process finds it. */
export interface CrashPlace extends Scratch {
  readonly url: string
}

/** Where the matrix runs. */
export interface CrashOptions {
  readonly open: () => Promise<CrashPlace>
  /** What a process imports to make the dialect of a URL. */
  readonly runner: RunnerModule
}

/** Runs the matrix. */
export function testCrashes(name: string, { open, runner }: CrashOptions): void {
  describe(`${name} crashes:`, () => {
    let migrations: string
    beforeAll(async () => {
      migrations = await mkdtemp(join(tmpdir(), 'mizan-crashes-'))
      await using place = await open()
      const { dialect } = place
      for (const schema of [before, after])
        await generateMigration({ migrations, name: 'step', schema, dialect, scratch: open })
    })
    afterAll(() => rm(migrations, { recursive: true }))

    /** A run that ends after a statement: by an error in this process. */
    const inside =
      (place: number): Run =>
      ({ dialect }, direction) => {
        const die = (): never => {
          throw new Error('killed')
        }
        const options = { migrations, dialect: killedDialect(dialect, place, die) }
        const run = direction === 'up' ? migrateLatest(options) : migrateDown(options)
        return run.then(
          () => true,
          () => false,
        )
      }

    /** A run that ends after a statement: its process is killed. */
    const outside =
      (place: number): Run =>
      async ({ url }, direction) => {
        const { signal } = await startRunner(runner, { url, migrations, direction, place })
        return signal === null
      }

    // Killed after a statement is killed before the next one.
    test('stopped after any statement of up and of down, the next run finishes once', async () => {
      let count = 0
      for (let place = 1, isOver = false; !isOver; place += stride, count++)
        isOver = await crash({ open, migrations }, inside(place))
      expect(count).toBeGreaterThan(1)
    }, 600_000)

    test('a process that is killed after any statement is continued by the next run', async () => {
      const statements = await countStatements({ open, migrations })
      const step = Math.max(1, Math.ceil(statements / kills))
      for (let place = Math.min(step, 5); place <= statements; place += step)
        expect(await crash({ open, migrations }, outside(place))).toBe(false)
    }, 3_600_000)

    test('processes that start together apply each migration once', async () => {
      await using place = await open()
      const { dialect, url } = place
      const runs = await Promise.all(
        [1, 2].map(() => startRunner(runner, { url, migrations, direction: 'up', place: 0 })),
      )
      expect(runs.map((run) => run.errors)).toEqual(['', ''])
      const applied = runs.flatMap((run) => JSON.parse(run.output) as unknown[]) // cast: a list of ids
      // Where each step is a lock of its own, runners take turns at the steps.
      const ids = (await readMigrations(migrations)).map((one) => one.id)
      expect([...new Set(applied)].toSorted()).toEqual(ids)
      expect((await migrationStatus({ migrations, dialect })).pending).toEqual([])
      expect(await findDrift({ migrations, dialect })).toEqual([])
    })
  })
}

/** Applies or takes back, up to its death; whether it lived. */
type Run = (place: CrashPlace, direction: 'up' | 'down') => Promise<boolean>

interface Matrix {
  readonly open: () => Promise<CrashPlace>
  readonly migrations: string
}

/** @returns whether the run had fewer statements than that, in both directions */
async function crash({ open, migrations }: Matrix, run: Run): Promise<boolean> {
  await using database = await open()
  const { dialect } = database
  await withRows(migrations, dialect)
  const up = await run(database, 'up')
  await migrateLatest({ migrations, dialect })
  expect(await migrationStatus({ migrations, dialect })).toMatchObject({ pending: [] })
  expect(await findDrift({ migrations, dialect })).toEqual([])
  expect(await names(dialect)).toEqual(['a', 'b', 'c'])
  const down = await run(database, 'down')
  const { applied, reverting } = await migrationStatus({ migrations, dialect })
  // Killed before it was begun, in the middle, or after its end.
  if (applied.length > 1 || reverting !== undefined) await migrateDown({ migrations, dialect })
  expect((await migrationStatus({ migrations, dialect })).applied).toHaveLength(1)
  expect(await findDrift({ migrations, dialect })).toEqual([])
  expect(await names(dialect)).toEqual(['a', 'b', 'c'])
  return up && down
}

/** The first migration and three rows; what is killed is the second. */
async function withRows(migrations: string, dialect: DialectPackage): Promise<void> {
  const [first] = await readMigrations(migrations)
  await migrateUp({ migrations, dialect })
  expect((await migrationStatus({ migrations, dialect })).applied[0]?.id).toBe(first?.id)
  await using db = createDbClient({ schema: before, dialect })
  for (const each of ['a', 'b', 'c'])
    await db.insert(before.people).values({ name: each, age: null }).execute()
}

/** Statements of a run that nobody kills, in the direction that has fewer. */
async function countStatements({ open, migrations }: Matrix): Promise<number> {
  await using database = await open()
  const { dialect } = database
  await withRows(migrations, dialect)
  const counts: number[] = []
  for (const migrate of [migrateLatest, migrateDown]) {
    let statements = 0
    const counted = countedDialect(dialect, () => (statements += 1))
    await migrate({ migrations, dialect: counted })
    counts.push(statements)
  }
  return Math.min(...counts)
}

async function names(dialect: DialectPackage): Promise<readonly (string | null)[]> {
  await using db = createDbClient({ schema: before, dialect })
  const rows = await db.selectFrom('people').select('name').orderBy('name').execute()
  return rows.map((row) => row.name)
}
