/** A database for one test: one of its own, or everything rolled back at the end. */

import { createHash } from 'node:crypto'
import { createDbClient } from '../client/create-db-client.ts'
import type { Database } from '../client/database.ts'
import type { DataScope } from '../client/scope-port.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { DbError } from '../errors.ts'
import { scratchBeside, scratchInMemory } from '../migrate/scratch.ts'
import { withLock } from '../migrate/with-lock.ts'
import type { SchemaModule } from '../schema/schema.ts'
import { createStatements } from '../snapshot/create-statements.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'

/**
 * - `fresh`: a database of its own beside the one that is named (SQLite: in memory), dropped at the end. For everything, also for apps,
 *   whose plugin commits.
 * - `transactional`: the schema's tables are made once in the database that is named; all that the test does is one transaction, which
 *   is rolled back. Quicker, for code that is given the client; on databases with one connection it is `fresh`.
 *
 * Tests of either kind may run at the same time, in any number of processes.
 */
export type TestDbMigrate = 'fresh' | 'transactional'

/** What a test wants. */
export interface TestDbOptions<S extends SchemaModule> {
  readonly schema: S
  /** Of a database that is there for tests alone: `sqlite({ url: ':memory:' })`, a server's test database. A fresh one stands beside it. */
  readonly dialect: DialectPackage
  /** @default 'fresh' */
  readonly migrate?: TestDbMigrate
}

/** A client whose disposal ends the test: `await using db = await createTestDb(…)`. */
export type TestDb<S> = Database<S> & AsyncDisposable

/** Stands in databases whose tables tests may drop. */
const marker = 'mizan_test'

/**
 * Opens a client on an empty schema.
 *
 * @throws DbError `not_a_test_database` when tables of the schema are there that no test has made, `no_test_database` when the login
 *   may not create databases
 */
export async function createTestDb<const S extends SchemaModule>({
  schema,
  dialect,
  migrate = 'fresh',
}: TestDbOptions<S>): Promise<TestDb<S>> {
  return migrate === 'transactional' && dialect.capabilities.concurrency
    ? openRolledBack(schema, dialect)
    : openFresh(schema, dialect)
}

async function openFresh<const S extends SchemaModule>(
  schema: S,
  dialect: DialectPackage,
): Promise<TestDb<S>> {
  const open = scratchInMemory(dialect) ?? scratchBeside(dialect)
  const scratch = await open().catch((cause: unknown) => {
    throw new DbError(
      'no_test_database',
      "createTestDb makes a database for each test, which this login may not; let it create databases, or say migrate: 'transactional'",
      { cause },
    )
  })
  const database = createDbClient<S>({ schema, dialect: scratch.dialect })
  const end = endOnce(database, { after: async () => scratch[Symbol.asyncDispose]() })
  try {
    await database.runDirectly('apart', async (execute) => {
      for (const statement of statementsOf(schema, dialect)) await execute(statement)
    })
  } catch (error) {
    await end()
    throw error
  }
  return Object.assign(database, { destroy: end, [Symbol.asyncDispose]: end })
}

async function openRolledBack<const S extends SchemaModule>(
  schema: S,
  dialect: DialectPackage,
): Promise<TestDb<S>> {
  // Filled below, once there is a database to begin its transaction on.
  const current: { scope?: DataScope } = {}
  const database = createDbClient<S>({ schema, dialect, scope: () => current.scope })
  try {
    // One of the tests that begin at once makes the tables; the others wait, and find them.
    await withLock(dialect, ({ run }) => makeOnce(database, run, schema))
  } catch (error) {
    await database.destroy()
    throw error
  }
  const transaction = database.createScopeTransaction()
  current.scope = {
    principal: () => undefined,
    signal: undefined,
    transaction,
    observe: () => undefined,
  }
  // A connection that cannot roll back is lost, and its changes with it.
  const end = endOnce(database, { before: () => transaction.rollback().catch(() => undefined) })
  return Object.assign(database, { destroy: end, [Symbol.asyncDispose]: end })
}

/** What ends a test, however often it is called. */
function endOnce<S>(
  database: Database<S>,
  around: { readonly before?: () => Promise<void>; readonly after?: () => Promise<void> },
): () => Promise<void> {
  const destroy = database.destroy.bind(database)
  let ended: Promise<void> | undefined
  return () =>
    (ended ??= (async () => {
      await around.before?.()
      await destroy()
      await around.after?.()
    })())
}

/** Makes the tables, unless they are there as they should be, and empty. */
async function makeOnce<S>(
  { dialect, tables }: Database<S>,
  execute: RunSql,
  schema: SchemaModule,
): Promise<void> {
  const { quote, relation } = dialect.ddl
  const names = [...tables.keys.keys()].map(({ identity }) => identity)
  const isMarked = await exists(execute, quote(marker))
  const there: string[] = []
  for (const name of names) if (await exists(execute, relation(name))) there.push(name)
  if (!isMarked && there.length > 0) {
    throw new DbError(
      'not_a_test_database',
      `createTestDb: ${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there, and no test has made ${there.length === 1 ? 'it' : 'them'}; give an empty database`,
    )
  }
  const statements = statementsOf(schema, dialect)
  const made = createHash('sha256').update(statements.join(';')).digest('hex')
  if (isMarked && there.length === names.length) {
    const [row] = await execute(`select made from ${quote(marker)}`)
    if (row?.['made'] === made && (await areEmpty(execute, there.map(relation)))) return
  }
  if (isMarked) await execute(`drop table ${quote(marker)}`)
  await execute(`create table ${quote(marker)} (made varchar(64) not null)`)
  await dropAll(execute, there.map(relation))
  if (dialect.ddl.enumTypes)
    for (const name of tables.enums.keys()) await execute(`drop type if exists ${relation(name)}`)
  for (const statement of statements) await execute(statement)
  // At the end: what was left half made is made anew.
  await execute(`insert into ${quote(marker)} (made) values ('${made}')`)
}

/** Without rights of roles: whoever tests logs in as one role, and the others need not be there. */
function statementsOf(schema: SchemaModule, { ddl }: DialectPackage): readonly string[] {
  const { grants: _grants, ...snapshot } = toSnapshot(schema)
  return createStatements(snapshot, ddl)
}

async function areEmpty(execute: RunSql, names: readonly string[]): Promise<boolean> {
  for (const name of names)
    if ((await execute(`select 1 from ${name} limit 1`)).length > 0) return false
  return true
}

/** Whatever refers to whatever: those that nobody refers to first. */
async function dropAll(execute: RunSql, names: readonly string[]): Promise<void> {
  let left = [...names]
  while (left.length > 0) {
    const kept: string[] = []
    let reason: unknown
    for (const name of left) {
      await execute(`drop table ${name}`).catch((error: unknown) => {
        kept.push(name)
        reason = error
      })
    }
    if (kept.length === left.length) throw reason
    left = kept
  }
}

async function exists(execute: RunSql, name: string): Promise<boolean> {
  return execute(`select 1 from ${name} where 1 = 0`).then(
    () => true,
    () => false,
  )
}
