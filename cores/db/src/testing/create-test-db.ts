/** A database for one test: its schema made anew, or everything rolled back at the end. */

import { createHash } from 'node:crypto'
import { createDbClient } from '../client/create-db-client.ts'
import type { Database, ExecuteSql } from '../client/database.ts'
import type { DataScope } from '../client/scope-port.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'
import type { SchemaModule } from '../schema/schema.ts'
import { createStatements } from '../snapshot/create-statements.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'

/**
 * - `fresh`: the schema's tables are dropped and made again.
 * - `transactional`: they are made once; all that the test does is one transaction, which is rolled back. For code that is given
 *   the client, not for an app, whose plugin commits; on databases with one connection it is `fresh`.
 */
export type TestDbMigrate = 'fresh' | 'transactional'

/** What a test wants. */
export interface TestDbOptions<S extends SchemaModule> {
  readonly schema: S
  /** Of a database that is there for tests alone: `sqlite({ url: ':memory:' })`, a server's test database. */
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
 * @throws DbError `not_a_test_database` when tables of the schema are there that no test has made
 */
export async function createTestDb<const S extends SchemaModule>(
  options: TestDbOptions<S>,
): Promise<TestDb<S>> {
  const { schema, dialect } = options
  const rollsBack = options.migrate === 'transactional' && dialect.capabilities.concurrency
  // Filled below, once there is a database to begin its transaction on.
  const current: { scope?: DataScope } = {}
  const database = createDbClient<S>({ schema, dialect, scope: () => current.scope })
  try {
    await database.runDirectly('apart', (execute) =>
      prepare(database, execute, { schema, how: rollsBack ? 'once' : 'anew' }),
    )
  } catch (error) {
    await database.destroy()
    throw error
  }
  if (!rollsBack) return database
  const transaction = database.createScopeTransaction()
  current.scope = {
    principal: () => undefined,
    signal: undefined,
    transaction,
    observe: () => undefined,
  }
  const destroy = database.destroy.bind(database)
  let ended: Promise<void> | undefined
  const end = (): Promise<void> =>
    (ended ??= transaction
      .rollback()
      // A connection that cannot roll back is lost, and its changes with it.
      .catch(() => undefined)
      .then(destroy))
  return Object.assign(database, { destroy: end, [Symbol.asyncDispose]: end })
}

async function prepare<S>(
  { dialect, tables }: Database<S>,
  execute: ExecuteSql,
  { schema, how }: { readonly schema: SchemaModule; readonly how: 'anew' | 'once' },
): Promise<void> {
  const { quote } = dialect.ddl
  const names = [...tables.keys.keys()].map(({ name }) => name)
  const isMarked = await exists(execute, quote(marker))
  const there: string[] = []
  for (const name of names) if (await exists(execute, quote(name))) there.push(name)
  if (!isMarked && there.length > 0) {
    throw new DbError(
      'not_a_test_database',
      `createTestDb: ${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there, and no test has made ${there.length === 1 ? 'it' : 'them'}; give an empty database`,
    )
  }
  const statements = createStatements(toSnapshot(schema), dialect.ddl)
  const made = createHash('sha256').update(statements.join(';')).digest('hex')
  if (how === 'once' && isMarked && there.length === names.length) {
    const { rows } = await execute(`select made from ${quote(marker)}`)
    if (rows[0]?.['made'] === made && (await areEmpty(execute, there.map(quote)))) return
  }
  if (isMarked) await execute(`drop table ${quote(marker)}`)
  await execute(`create table ${quote(marker)} (made varchar(64) not null)`)
  await dropAll(execute, there.map(quote))
  if (dialect.ddl.enumTypes)
    for (const name of tables.enums.keys()) await execute(`drop type if exists ${quote(name)}`)
  for (const statement of statements) await execute(statement)
  // At the end: what was left half made is made anew.
  await execute(`insert into ${quote(marker)} (made) values ('${made}')`)
}

async function areEmpty(execute: ExecuteSql, names: readonly string[]): Promise<boolean> {
  for (const name of names)
    if ((await execute(`select 1 from ${name} limit 1`)).rows.length > 0) return false
  return true
}

/** Whatever refers to whatever: those that nobody refers to first. */
async function dropAll(execute: ExecuteSql, names: readonly string[]): Promise<void> {
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

async function exists(execute: ExecuteSql, name: string): Promise<boolean> {
  return execute(`select 1 from ${name} where 1 = 0`).then(
    () => true,
    () => false,
  )
}
