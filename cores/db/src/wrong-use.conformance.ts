/** What goes wrong with a database is a typed error that says what to do, and repeats no value. */

import { inspect } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AuthenticationError,
  CheckViolationError,
  ConnectionError,
  createDbClient,
  createStatements,
  DbError,
  DeadlockError,
  type DialectPackage,
  eq,
  ForeignKeyViolationError,
  NoFreeConnectionError,
  NotNullViolationError,
  toSnapshot,
  TransactionAbortedError,
  UniqueViolationError,
  UnknownNameError,
  ValueError,
} from './index.ts'
import {
  type Client,
  type ConformanceDatabase,
  signal,
} from './dialect-conformance/bench.conformance.ts'
import * as schema from './test-schema.conformance.ts'

const { everyType, members, people, projects, tasks } = schema

/** What a dialect has of its own. */
export interface WrongUse {
  /** The same dialect, where nobody listens. */
  readonly unreachable: DialectPackage
  /** With a login that is refused; undefined for a database without logins. */
  readonly refused?: DialectPackage
  /** Ends the connection of a transaction; undefined where there is none to end. */
  readonly endConnection?: (tx: Client, others: Client) => Promise<void>
  /** Values that do not fit are refused. */
  readonly isStrict: boolean
  /** Says which foreign key was violated, also where a table has several. */
  readonly namesForeignKeys: boolean
}

interface Case {
  readonly title: string
  readonly run: (db: Client) => Promise<unknown>
  readonly kind: new (...given: never[]) => DbError
  readonly facts?: Readonly<Record<string, unknown>>
  readonly says: RegExp
  readonly needs?: 'strict' | 'named keys'
}

const secret = 'secret-value'

const cases: readonly Case[] = [
  {
    title: 'a key that exists',
    run: (db) => db.insert(projects).values({ slug: secret }).execute(),
    kind: UniqueViolationError,
    facts: { table: 'projects', columns: ['slug'], constraint: 'projects_slug' },
    says: /onConflict/,
  },
  {
    title: 'a key without a name of its own',
    run: (db) => db.insert(people).values({ email: secret, displayName: 'x' }).execute(),
    kind: UniqueViolationError,
    facts: { table: 'people', columns: ['email'], constraint: 'people_email_unique' },
    says: /onConflict/,
  },
  {
    title: 'a primary key that exists',
    run: (db) => db.insert(projects).values({ id: 101, slug: 'other' }).execute(),
    kind: UniqueViolationError,
    facts: { table: 'projects', columns: ['id'] },
    says: /such a row already/,
  },
  {
    title: 'a primary key of several columns',
    run: (db) => db.insert(members).values({ projectId: 101, personId: 101, role: 'x' }).execute(),
    kind: UniqueViolationError,
    facts: { table: 'members', columns: ['project_id', 'person_id'] },
    says: /such a row already/,
  },
  {
    title: 'an update to a key that exists',
    run: (db) => db.update(projects).set({ slug: secret }).where(eq(projects.id, 102)).execute(),
    kind: UniqueViolationError,
    facts: { table: 'projects', columns: ['slug'], constraint: 'projects_slug' },
    says: /onConflict/,
  },
  {
    title: 'a reference to nothing',
    run: (db) => db.insert(projects).values({ slug: 'orphan', ownerId: 999_999 }).execute(),
    kind: ForeignKeyViolationError,
    facts: { table: 'projects', columns: ['owner_id'], constraint: 'projects_owner_id_fk' },
    says: /referred to is missing/,
  },
  {
    title: 'a reference to nothing, by one of several keys',
    run: (db) => db.insert(tasks).values({ projectId: 999_999, title: secret }).execute(),
    kind: ForeignKeyViolationError,
    facts: {
      table: 'project_tasks',
      columns: ['project_id'],
      constraint: 'project_tasks_project_id_fk',
    },
    says: /referred to is missing/,
    needs: 'named keys',
  },
  {
    title: 'a missing value',
    run: (db) =>
      db
        .insert(projects)
        .values({ slug: null as never })
        .execute(),
    kind: NotNullViolationError,
    facts: { table: 'projects', columns: ['slug'] },
    says: /Give the column a value/,
  },
  {
    title: 'a row against a check',
    run: (db) => db.insert(projects).values({ slug: secret.toUpperCase(), budget: '-1' }).execute(),
    kind: CheckViolationError,
    facts: { table: 'projects', constraint: 'projects_budget' },
    says: /meet the check/,
  },
  {
    title: 'a text that is too long',
    run: (db) =>
      db
        .insert(projects)
        .values({ slug: secret.repeat(9) })
        .execute(),
    kind: ValueError,
    says: /check the value/,
    needs: 'strict',
  },
  {
    title: 'a number out of range',
    run: (db) => db.insert(everyType).values({ aSmallint: 7_654_321 }).execute(),
    kind: ValueError,
    says: /out of range/i,
    needs: 'strict',
  },
  {
    title: 'a text where a number belongs',
    run: (db) =>
      db
        .insert(everyType)
        .values({ anInteger: secret as never })
        .execute(),
    kind: ValueError,
    says: /check the value/,
    needs: 'strict',
  },
  {
    title: 'an unknown column in data from outside',
    run: (db) =>
      // As late as JSON from a request is looked at.
      Promise.resolve().then(() =>
        db
          .insertInto('projects')
          .values(JSON.parse(`{"slug":"x","isAdmin":"${secret}"}`))
          .execute(),
      ),
    kind: DbError,
    facts: { code: 'unknown_column' },
    says: /no column "isAdmin"/,
  },
  {
    title: 'an unknown column in SQL',
    run: (db) => sql`select unheard_of from projects where slug = ${secret}`.execute(db),
    kind: UnknownNameError,
    says: /mizan db migrate status/,
  },
  {
    title: 'an unknown table in SQL',
    run: (db) => sql`select 1 from unheard_of where 1 = ${secret}`.execute(db),
    kind: UnknownNameError,
    says: /Are all migrations applied/,
  },
]

/** Runs the suite. */
export function testWrongUse(
  name: string,
  open: () => Promise<ConformanceDatabase>,
  own: WrongUse,
): void {
  describe(`${name}: what goes wrong says what to do:`, () => {
    let database: ConformanceDatabase
    let db: Client

    beforeAll(async () => {
      database = await open()
      db = createDbClient({ schema, dialect: database.dialect })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
        await sql.raw(statement).execute(db)
      await db.insert(people).values({ id: 101, email: secret, displayName: 'x' }).execute()
      await db
        .insert(projects)
        .values([
          { id: 101, slug: secret },
          { id: 102, slug: 'second' },
        ])
        .execute()
      await db.insert(members).values({ projectId: 101, personId: 101, role: 'x' }).execute()
    })

    afterAll(async () => {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    })

    test.for(cases)('$title', async ({ run, kind, facts = {}, says, needs }, { skip }) => {
      if (needs === 'strict' && !own.isStrict) skip('this database keeps values that do not fit')
      if (needs === 'named keys' && !own.namesForeignKeys)
        skip('this database names no foreign keys')
      const plain: unknown = await run(db).catch((caught: unknown) => caught)
      expect(plain).toBeInstanceOf(kind)
      expect(plain).toMatchObject(facts)
      expect(String((plain as Error).message)).toMatch(says)
      expect(inspect(plain, { depth: 9, showHidden: true }).toLowerCase()).not.toContain(secret)
      // The same in a transaction, and the connection goes on.
      const inside: unknown = await db
        .transaction((tx) => run(tx as Client))
        .catch((caught: unknown) => caught)
      expect(inside).toBeInstanceOf(kind)
      expect(inside).toMatchObject(facts)
      expect(await db.select({ id: projects.id }).from(projects).execute()).toHaveLength(2)
    })

    test('a delete of a row that is referred to names who refers to it', async ({ skip }) => {
      if (!own.namesForeignKeys) skip('this database names no foreign keys')
      const strict = createDbClient({ schema, dialect: database.dialect })
      await sql`create table pins (id int primary key, person_id int not null, constraint pins_person foreign key (person_id) references people (id))`.execute(
        strict,
      )
      await sql`insert into pins values (1, 101)`.execute(strict)
      const error: unknown = await db
        .delete(people)
        .where(eq(people.id, 101))
        .execute()
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(ForeignKeyViolationError)
      expect(error).toMatchObject({ table: 'pins', constraint: 'pins_person' })
      await sql`drop table pins`.execute(strict)
      await strict.destroy()
    })

    test('a database that is not there', async () => {
      await using nowhere = createDbClient({ schema, dialect: own.unreachable })
      const error: unknown = await nowhere.connect().catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(ConnectionError)
      expect((error as Error).message).toMatch(/cannot be reached.*|cannot open/)
    })

    test('a login that is refused', async ({ skip }) => {
      if (own.refused === undefined) return skip('this database has no logins')
      await using stranger = createDbClient({ schema, dialect: own.refused })
      const error: unknown = await stranger.connect().catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(AuthenticationError)
      expect((error as Error).message).toMatch(/check user/)
      expect(inspect(error, { depth: 9 })).not.toContain(secret)
    })

    test('no connection left', async () => {
      await using narrow = createDbClient({
        schema,
        dialect: database.narrow ?? database.dialect,
        acquireTimeout: 50,
      })
      const error: unknown = await narrow
        .transaction(() => narrow.deleteFrom('projects').where('id', '=', -1).execute())
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(NoFreeConnectionError)
      expect((error as Error).message).toMatch(/maximumConnections/)
    })

    test('a connection that is lost inside a transaction ends it, and it is run again where that was asked for', async ({
      skip,
    }) => {
      const { endConnection } = own
      if (endConnection === undefined) return skip('this database has no connection to lose')
      const later: unknown[] = []
      const work = (retries: number) => {
        let runs = 0
        return db.transaction({ retries }, async (tx) => {
          runs += 1
          await tx
            .insert(projects)
            .values({ slug: `lost ${retries}` })
            .execute()
          if (runs === 1) await endConnection(tx as Client, db)
          later.push(
            await tx
              .insert(projects)
              .values({ slug: `after ${retries}` })
              .execute()
              .then(
                () => 'stored',
                (error: unknown) => error,
              ),
          )
          return tx.select({ id: projects.id }).from(projects).execute()
        })
      }
      const error: unknown = await work(0).catch((caught: unknown) => caught)
      expect(later[0]).toBeInstanceOf(ConnectionError)
      expect(error).toBeInstanceOf(TransactionAbortedError)
      expect((error as TransactionAbortedError).cause).toBeInstanceOf(ConnectionError)
      expect(await work(1)).toHaveLength(4)
      await db.deleteFrom('projects').where('id', 'not in', [101, 102]).execute()
      expect(await db.select().from(projects).execute()).toHaveLength(2)
    })

    test('two transactions that wait for each other', async ({ skip }) => {
      if (!database.dialect.capabilities.concurrency) skip('one transaction waits for another here')
      const met = [signal(), signal()]
      const run = (first: number, second: number, at: 0 | 1) =>
        db.transaction(async (tx) => {
          const change = (id: number) =>
            tx.update(projects).set({ budget: '1' }).where(eq(projects.id, id)).execute()
          await change(first)
          met[at]?.raise()
          await Promise.all(met.map((one) => one.raised))
          await change(second)
        })
      const outcomes = await Promise.allSettled([run(101, 102, 0), run(102, 101, 1)])
      const failed = outcomes.filter((one) => one.status === 'rejected')
      expect(failed).toHaveLength(1)
      expect(failed[0]?.reason).toBeInstanceOf(DeadlockError)
    })
  })
}
