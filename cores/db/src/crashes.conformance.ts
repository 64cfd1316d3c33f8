/** A runner that is killed at any statement: the next one finishes, and each step happens once. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  type OpenScratch,
  readMigrations,
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

/** Every boundary at night; by day every seventh, which falls on each kind of statement. */
const stride = process.env['MIZAN_NIGHTLY'] === '1' ? 1 : 7

/** Runs the matrix. */
export function testCrashes(name: string, open: OpenScratch): void {
  describe(`${name} crashes:`, () => {
    let migrations: string
    beforeAll(async () => {
      migrations = await mkdtemp(join(tmpdir(), 'mizan-crashes-'))
      await using place = await open()
      const { dialect } = place
      for (const schema of [before, after])
        await generateMigration({ migrations, name: 'step', schema, dialect, scratch: open })
    }, 60_000)
    afterAll(() => rm(migrations, { recursive: true }))

    // Killed after a statement is killed before the next one.
    test('killed after any statement of up and of down, the next run finishes once', async () => {
      let kills = 0
      for (let place = 1, isOver = false; !isOver; place += stride, kills++)
        isOver = await crash({ open, migrations }, place)
      expect(kills).toBeGreaterThan(1)
    }, 600_000)
  })
}

/** @returns whether the run had fewer statements than that, in both directions */
async function crash(
  { open, migrations }: { readonly open: OpenScratch; readonly migrations: string },
  place: number,
): Promise<boolean> {
  await using database = await open()
  const { dialect } = database
  {
    // The first migration and three rows; what is killed is the second.
    const [first] = await readMigrations(migrations)
    await migrateUp({ migrations, dialect })
    expect((await migrationStatus({ migrations, dialect })).applied[0]?.id).toBe(first?.id)
    await using db = createDbClient({ schema: before, dialect })
    for (const each of ['a', 'b', 'c'])
      await db.insert(before.people).values({ name: each, age: null }).execute()
  }
  const up = await migrateLatest({ migrations, dialect: killed(dialect, place) }).then(
    () => true,
    () => false,
  )
  await migrateLatest({ migrations, dialect })
  expect(await migrationStatus({ migrations, dialect })).toMatchObject({ pending: [] })
  expect(await findDrift({ migrations, dialect })).toEqual([])
  expect(await names(dialect)).toEqual(['a', 'b', 'c'])
  const down = await migrateDown({ migrations, dialect: killed(dialect, place) }).then(
    () => true,
    () => false,
  )
  const { applied } = await migrationStatus({ migrations, dialect })
  if (applied.length > 1 || !down) {
    // Killed before it was begun, in the middle, or after its end.
    if (
      applied.length > 1 ||
      (await migrationStatus({ migrations, dialect })).reverting !== undefined
    )
      await migrateDown({ migrations, dialect })
  }
  expect((await migrationStatus({ migrations, dialect })).applied).toHaveLength(1)
  expect(await findDrift({ migrations, dialect })).toEqual([])
  expect(await names(dialect)).toEqual(['a', 'b', 'c'])
  return up && down
}

async function names(dialect: DialectPackage): Promise<readonly (string | null)[]> {
  await using db = createDbClient({ schema: before, dialect })
  const rows = await db.selectFrom('people').select('name').orderBy('name').execute()
  return rows.map((row) => row.name)
}

/** The dialect of a process that does nothing more after a statement: its connection just ends. */
function killed(dialect: DialectPackage, place: number): DialectPackage {
  let count = 0
  const wrap = (connection: DatabaseConnection): DatabaseConnection => ({
    async executeQuery(query) {
      count += 1
      if (count > place) throw new Error('killed')
      const result = await connection.executeQuery(query)
      if (count === place) throw new Error('killed')
      return result as never // cast: the row type is the caller's
    },
    streamQuery: (query, chunk) => connection.streamQuery(query, chunk) as never, // cast: the same
  })
  const createDialect = (): Dialect => {
    const inner = dialect.createDialect()
    return {
      createAdapter: () => inner.createAdapter(),
      createIntrospector: (db) => inner.createIntrospector(db),
      createQueryCompiler: () => inner.createQueryCompiler(),
      createDriver: () => wrapDriver(inner.createDriver(), wrap),
    }
  }
  return { ...dialect, createDialect }
}

function wrapDriver(
  driver: Driver,
  wrap: (connection: DatabaseConnection) => DatabaseConnection,
): Driver {
  const originals = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const original = (connection: DatabaseConnection): DatabaseConnection =>
    originals.get(connection) ?? connection
  return {
    init: () => driver.init(),
    async acquireConnection() {
      const inner = await driver.acquireConnection()
      const outer = wrap(inner)
      originals.set(outer, inner)
      return outer
    },
    beginTransaction: (connection, settings) =>
      driver.beginTransaction(original(connection), settings),
    commitTransaction: (connection) => driver.commitTransaction(original(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(original(connection)),
    releaseConnection: (connection) => driver.releaseConnection(original(connection)),
    destroy: () => driver.destroy(),
  }
}
