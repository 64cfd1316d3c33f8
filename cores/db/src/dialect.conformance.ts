/** What every dialect package must do; each runs this on a real database. */

import { inspect } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  and,
  CheckViolationError,
  ConstraintViolationError,
  createDbClient,
  createStatements,
  type Database,
  DbError,
  desc,
  type DialectPackage,
  enumType,
  eq,
  ForeignKeyViolationError,
  gt,
  ilike,
  inArray,
  isNull,
  json,
  like,
  NoFreeConnectionError,
  NotNullViolationError,
  notInArray,
  not,
  or,
  QueryError,
  serial,
  table,
  TransactionAbortedError,
  TransactionEndedError,
  toSnapshot,
  UniqueViolationError,
  varchar,
} from './index.ts'
import type { DataScope } from './index.ts'
import * as schema from './test-schema.conformance.ts'

const { everyType, members, people, projects, tasks } = schema

/** An empty database of one dialect. */
export interface ConformanceDatabase extends AsyncDisposable {
  readonly dialect: DialectPackage
  /** The same with a single connection, where {@link ConformanceDatabase.dialect} has more. */
  readonly narrow?: DialectPackage
}

type Client = Database<typeof schema>

/** The observations of one run. */
interface Recorder {
  readonly scope: DataScope
  readonly reads: Set<string>
  readonly writes: Set<string>
}

function record(transaction?: DataScope['transaction']): Recorder {
  const [reads, writes] = [new Set<string>(), new Set<string>()]
  const scope: DataScope = {
    principal: () => undefined,
    signal: undefined,
    transaction,
    observe(observation) {
      for (const tag of observation.reads) reads.add(tag)
      for (const tag of observation.writes) writes.add(tag)
    },
  }
  return { scope, reads, writes }
}

/** Something that one part of a test waits for and another says. */
export function signal(): { readonly raised: Promise<void>; readonly raise: () => void } {
  let raise: () => void = () => undefined
  const raised = new Promise<void>((resolve) => {
    raise = resolve
  })
  return { raised, raise: () => raise() }
}

/** Runs the suite. */
export function testDialect(name: string, open: () => Promise<ConformanceDatabase>): void {
  describe(`${name}:`, () => {
    let database: ConformanceDatabase
    let db: Client
    let scope: DataScope | undefined

    beforeAll(async () => {
      database = await open()
      db = createDbClient({ schema, dialect: database.dialect, scope: () => scope })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl)) {
        await sql.raw(statement).execute(db)
      }
    })

    afterAll(async () => {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    })

    /** Runs `work` as one run of a function would; the recorder holds what it observed. */
    async function inRun(
      work: () => Promise<unknown>,
      transaction?: DataScope['transaction'],
    ): Promise<Recorder> {
      const recorder = record(transaction)
      scope = recorder.scope
      try {
        await work()
      } finally {
        scope = undefined
      }
      return recorder
    }

    let counter = 0
    const next = (): string => `n${++counter}`
    const createId = async (
      run: () => Promise<unknown>,
      find: () => Promise<{ id: number } | undefined>,
    ): Promise<number> => {
      await run()
      const row = await find()
      return row?.id ?? Number.NaN
    }
    const addPerson = (email = `${next()}@example.com`): Promise<number> =>
      createId(
        () => db.insert(people).values({ email, displayName: email }).execute(),
        () => db.selectFrom('people').select('id').where('email', '=', email).executeTakeFirst(),
      )
    const addProject = (slug = next(), ownerId: number | null = null): Promise<number> =>
      createId(
        () => db.insert(projects).values({ slug, ownerId }).execute(),
        () => db.selectFrom('projects').select('id').where('slug', '=', slug).executeTakeFirst(),
      )
    const addTask = (projectId: number, title = next()): Promise<number> =>
      createId(
        () => db.insert(tasks).values({ projectId, title }).execute(),
        () => db.selectFrom('tasks').select('id').where('title', '=', title).executeTakeFirst(),
      )

    describe('values', () => {
      const row = {
        aSmallint: -32_768,
        anInteger: 2_147_483_647,
        aBigint: 9_223_372_036_854_775_807n,
        aNumeric: '-123456789.125',
        aReal: 0.5,
        aDouble: 0.1 + 0.2,
        aVarchar: 'Ünïcode \\ \'quoted\' "👍"',
        aChar: 'abc',
        aText: 'line\nline',
        aBoolean: false,
        aTimestamp: new Date('2026-11-20T13:37:00.123Z'),
        aTimestamptz: new Date('1969-12-31T23:59:59.999Z'),
        aDate: '2024-02-29',
        aTime: '23:59:58.125',
        anInterval: '1 day 02:03:04',
        aUuid: '0190163d-8694-739b-aea5-966c26f8ad91',
        aJson: { deep: [1.5, null], text: 'é' },
        aJsonb: ['a', { b: [true] }],
        someBytes: Uint8Array.of(0, 255, 39, 92),
        aMood: "it's loud" as const,
      }

      test('a value of every column type comes back as it was written', async () => {
        await db.insert(everyType).values(row).execute()
        const found = await db
          .select()
          .from(everyType)
          .orderBy(desc(everyType.id))
          .limit(1)
          .executeTakeFirstOrThrow()
        expect({ ...found, id: 0n }).toStrictEqual({ ...row, id: 0n })
        expect(typeof found.id).toBe('bigint')
      })

      test('null is null in every column', async () => {
        await db.insert(everyType).values({ aText: null }).execute()
        const found = await db
          .select()
          .from(everyType)
          .orderBy(desc(everyType.id))
          .limit(1)
          .executeTakeFirstOrThrow()
        const { id: _, ...values } = found
        expect(Object.values(values)).toEqual(Object.values(values).map(() => null))
      })

      test('values are found by comparison with themselves', async () => {
        await db.deleteFrom('everyType').execute()
        await db.insert(everyType).values(row).execute()
        const conditions = [
          eq(everyType.aBigint, row.aBigint),
          eq(everyType.aNumeric, row.aNumeric),
          eq(everyType.aDouble, row.aDouble),
          eq(everyType.aVarchar, row.aVarchar),
          eq(everyType.aBoolean, false),
          eq(everyType.aTimestamp, row.aTimestamp),
          eq(everyType.aTimestamptz, row.aTimestamptz),
          eq(everyType.aDate, row.aDate),
          eq(everyType.aUuid, row.aUuid),
          eq(everyType.someBytes, row.someBytes),
          eq(everyType.aMood, row.aMood),
          gt(everyType.aTimestamp, new Date(row.aTimestamp.getTime() - 1)),
          inArray(everyType.aBigint, [1n, row.aBigint]),
        ]
        for (const condition of conditions) {
          const found = await db
            .select({ id: everyType.id })
            .from(everyType)
            .where(condition)
            .execute()
          expect(found).toHaveLength(1)
        }
        expect(
          await db
            .select()
            .from(everyType)
            .where(and(...conditions))
            .execute(),
        ).toHaveLength(1)
      })

      test('a value inside a subquery, a common table expression and an aggregate is decoded too', async () => {
        await db.deleteFrom('everyType').execute()
        await db.insert(everyType).values(row).execute()
        const inner = await db
          .selectFrom((eb) =>
            eb.selectFrom('everyType').select(['aBoolean', 'aTimestamp as moment']).as('inner'),
          )
          .selectAll()
          .executeTakeFirstOrThrow()
        expect(inner).toEqual({ aBoolean: false, moment: row.aTimestamp })
        const cte = await db
          .with('chosen', (q) => q.selectFrom('everyType').select(['aBigint', 'someBytes']))
          .selectFrom('chosen')
          .selectAll()
          .executeTakeFirstOrThrow()
        expect(cte).toEqual({ aBigint: row.aBigint, someBytes: row.someBytes })
        const aggregate = await db
          .selectFrom('everyType')
          .select(({ fn }) => [
            fn.max('aTimestamp').as('latest'),
            fn.countAll<number>().as('count'),
          ])
          .executeTakeFirstOrThrow()
        expect(aggregate).toEqual({ latest: row.aTimestamp, count: 1 })
      })
    })

    describe('queries', () => {
      test('keys are used throughout, column and table names only in SQL', async () => {
        const owner = await addPerson()
        const project = await addProject(next(), owner)
        const title = next()
        await addTask(project, title)
        const row = await db
          .selectFrom('tasks as t')
          .innerJoin('projects', 'projects.id', 't.projectId')
          .leftJoin('people', 'people.id', 'projects.ownerId')
          .select(['t.title', 't.projectId as project', 'people.displayName', 'joinedAt'])
          .where('t.title', '=', title)
          .groupBy(['t.title', 't.projectId', 'people.displayName', 'joinedAt', 't.dueAt'])
          .orderBy('t.dueAt')
          .executeTakeFirstOrThrow()
        expect(row).toMatchObject({ title, project })
        expect(row.joinedAt).toBeInstanceOf(Date)
        expect(row.displayName).toContain('@example.com')
      })

      test('all columns of one of several tables are those of that table', async () => {
        const project = await addProject()
        const title = next()
        await addTask(project, title)
        const row = await db
          .selectFrom('projects')
          .innerJoin('tasks', 'tasks.projectId', 'projects.id')
          .selectAll('tasks')
          .where('tasks.title', '=', title)
          .executeTakeFirstOrThrow()
        expect(Object.keys(row)).toEqual(['id', 'projectId', 'parentId', 'title', 'mood', 'dueAt'])
      })

      test('a subquery that was built apart finds the names of the query around it', async () => {
        const project = await addProject()
        await addTask(project)
        const open = db
          .selectFrom('tasks')
          .select('tasks.id')
          .whereRef('tasks.projectId', '=', 'p.id' as 'tasks.id')
        const rows = await db
          .selectFrom('projects as p')
          .select('p.id')
          .where(({ exists }) => exists(open))
          .where('p.id', '=', project)
          .execute()
        expect(rows).toEqual([{ id: project }])
      })

      test('the operators mean what they say', async () => {
        const [a, b, c] = [next(), next(), next()]
        for (const slug of [a, b, c]) await addProject(slug)
        const slugs = async (condition: ReturnType<typeof eq>): Promise<string[]> =>
          (
            await db
              .select({ slug: projects.slug })
              .from(projects)
              .where(and(inArray(projects.slug, [a, b, c]), condition))
              .orderBy(projects.slug)
              .execute()
          ).map((row) => row.slug)
        expect(await slugs(or(eq(projects.slug, a), eq(projects.slug, b)))).toEqual(
          [a, b].toSorted(),
        )
        expect(await slugs(not(eq(projects.slug, a)))).toEqual([b, c].toSorted())
        expect(await slugs(inArray(projects.slug, []))).toEqual([])
        expect(await slugs(notInArray(projects.slug, []))).toHaveLength(3)
        expect(await slugs(isNull(projects.ownerId))).toHaveLength(3)
        expect(await slugs(eq(projects.ownerId, null as never))).toHaveLength(3)
        expect(await slugs(like(projects.slug, `${a}%`))).toContain(a)
        expect(await slugs(ilike(projects.slug, a.toUpperCase()))).toEqual([a])
        expect(await slugs(and())).toHaveLength(3)
        expect(await slugs(or())).toEqual([])
      })

      test('text is compared with regard to case', async () => {
        const slug = `Case${next()}`
        await addProject(slug)
        expect(
          await db.select().from(projects).where(eq(projects.slug, slug.toLowerCase())).execute(),
        ).toEqual([])
      })

      test('defaults fill what an insert leaves out', async () => {
        const email = `${next()}@example.com`
        await db.insert(people).values({ email, displayName: 'A' }).execute()
        const row = await db
          .select()
          .from(people)
          .where(eq(people.email, email))
          .executeTakeFirstOrThrow()
        expect(row).toMatchObject({ active: true, karma: 0n, note: "it's \\ quoted" })
        expect(Math.abs(row.joinedAt.getTime() - Date.now())).toBeLessThan(60_000)
      })

      test('an update and a delete count their rows', async () => {
        const id = await addProject()
        const updated = await db
          .update(projects)
          .set({ budget: '12.5' })
          .where(eq(projects.id, id))
          .executeTakeFirstOrThrow()
        expect(updated.numUpdatedRows).toBe(1n)
        const row = await db
          .select()
          .from(projects)
          .where(eq(projects.id, id))
          .executeTakeFirstOrThrow()
        expect(row.budget).toBe('12.50')
        const deleted = await db
          .delete(projects)
          .where(eq(projects.id, id))
          .executeTakeFirstOrThrow()
        expect(deleted.numDeletedRows).toBe(1n)
      })

      test('a column that the table does not have is refused by name', async () => {
        const query = db.selectFrom('projects').select('projects.owner_id' as 'projects.ownerId')
        expect(() => query.compile()).toThrow(/no column "owner_id".*keys/)
      })
    })

    describe('injection', () => {
      const hostile = [
        "'",
        '"',
        '`',
        '\\',
        "\\'",
        "x'; drop table people; --",
        '%',
        '$1',
        '?',
        ':a',
        '}]',
        '\n',
      ]

      test('names, enum values and defaults with quotes and backslashes are themselves', async () => {
        const name = `o'dd"\`\\ table`
        const levels = enumType('le"vel\'s', ["it's", 'a\\b', '"q"', "\\'"])
        const odd = table(name, {
          id: serial({ name: 'i"d`' }).primaryKey(),
          level: levels({ name: "le'v\\" }).default("\\'").notNull(),
          label: varchar(40, { name: '";--' }).default(hostile.join('').slice(0, 40)).notNull(),
          data: json({ name: 'select' }).default({ "k'\\": hostile }),
        })
        await using client = createDbClient({
          schema: { odd, levels },
          dialect: database.narrow ?? database.dialect,
        })
        if (!database.dialect.capabilities.concurrency) await client.connect()
        const { ddl } = database.dialect
        for (const statement of createStatements(toSnapshot({ odd, levels }), ddl))
          await sql.raw(statement).execute(client)
        await client.insert(odd).values({ id: 1 }).execute()
        await client.insert(odd).values({ id: 2, level: "it's", label: 'x' }).execute()
        const rows = await client
          .selectFrom('odd as a"b')
          .selectAll()
          .orderBy('a"b.id' as 'id')
          .execute()
        expect(rows).toEqual([
          {
            id: 1,
            level: "\\'",
            label: hostile.join('').slice(0, 40),
            data: { "k'\\": hostile },
          },
          { id: 2, level: "it's", label: 'x', data: { "k'\\": hostile } },
        ])
        await client.update(odd).set({ label: 'y' }).where(eq(odd.level, "it's")).execute()
        expect(
          await client.select({ 'al"i`as': odd.label }).from(odd).where(eq(odd.id, 2)).execute(),
        ).toEqual([{ 'al"i`as': 'y' }])
        await sql`drop table ${sql.table(name)}`.execute(client)
      })

      test('a value is a value, also written as a literal or as a key of a JSON path', async () => {
        for (const text of hostile) {
          const { rows } = await sql<{ value: string }>`select ${sql.lit(text)} as value`.execute(
            db,
          )
          expect(rows).toEqual([{ value: text }])
          const slug = `${text}${next()}`
          await addProject(slug)
          expect(
            await db
              .select({ slug: projects.slug })
              .from(projects)
              .where(eq(projects.slug, slug))
              .execute(),
          ).toEqual([{ slug }])
          const operator = database.dialect.name === 'postgres' ? '->' : '->$'
          const path = db.selectFrom('everyType').select((eb) => [
            // cast: the key comes from outside
            eb
              .ref('aJson', operator as '->')
              .key(text as 'deep')
              .as('value'),
          ])
          const found = await path.execute().catch((error: unknown) => error)
          // What a dialect cannot say in a path is refused by the database, not obeyed.
          if (found instanceof Error) expect(found).toBeInstanceOf(QueryError)
          else for (const row of found as { value: unknown }[]) expect(row.value).toBeNull()
        }
        await db.selectFrom('people').select('id').limit(1).execute()
      })

      test('an order, an operator and a function from outside are known ones, never SQL', () => {
        const from = 'id; drop table people'
        const attempts = [
          () =>
            db
              .selectFrom('people')
              .select('id')
              .orderBy('id', from as 'asc'),
          () =>
            db
              .selectFrom('people')
              .select('id')
              .where('id', from as '=', 1),
          () => db.selectFrom('people').select((eb) => eb.fn(from, []).as('x')),
          () => db.selectFrom('people').select((eb) => eb.fn.agg(from, ['id']).as('x')),
          () => db.selectFrom('people').select((eb) => eb.cast('id', from as 'text').as('x')),
        ]
        for (const attempt of attempts) expect(() => attempt().compile()).toThrow()
        const ordered = db
          .selectFrom('people')
          .select('id')
          .orderBy('id;drop' as 'id')
        expect(ordered.compile().sql).toMatch(/order by ["`]id;drop["`]$/)
      })

      test('what comes as JSON into a nested query is data: unknown names are refused, objects are no operators', async () => {
        const parsed = (text: string): never => JSON.parse(text) as never // cast: from outside
        for (const options of [
          '{"columns":{"__proto__":true}}',
          '{"columns":{"constructor":true}}',
          '{"with":{"__proto__":{}}}',
          '{"with":{"toString":true}}',
          '{"with":{"tasks":"x"}}',
          '{"where":{"or":[]}}',
          '{"where":"1 = 1"}',
          '{"orderBy":"id"}',
          '{"orderBy":[{"kind":"RawNode","sqlFragments":["1"],"parameters":[]}]}',
          '{"limit":"1; drop table people"}',
          '{"limit":{"valueOf":1}}',
          '{"offset":-1}',
        ]) {
          const found: unknown = await db.query.projects
            .findMany(parsed(options))
            .catch((error: unknown) => error)
          expect([options, found instanceof DbError]).toEqual([options, true])
        }
        const value: unknown = await db.query.projects
          .findMany({ where: eq(projects.slug, parsed('{"ne":"x"}')) })
          .catch(() => [])
        expect(value).toEqual([])
        expect(Object.prototype).not.toHaveProperty('tasks')
      })
    })

    describe('errors', () => {
      test('a key that exists is a UniqueViolationError', async () => {
        const slug = next()
        await addProject(slug)
        const error = await db
          .insert(projects)
          .values({ slug })
          .execute()
          .catch((caught: unknown) => caught)
        expect(error).toBeInstanceOf(UniqueViolationError)
        expect(error).toMatchObject({ code: 'unique_violation' })
      })

      test('a reference to nothing is a ForeignKeyViolationError', async () => {
        await expect(
          db.insert(tasks).values({ projectId: 999_999, title: 'x' }).execute(),
        ).rejects.toBeInstanceOf(ForeignKeyViolationError)
      })

      test('a missing value is a NotNullViolationError that names the column', async () => {
        const error: unknown = await db
          .insert(projects)
          .values({ slug: null as never })
          .execute()
          .catch((caught: unknown) => caught)
        expect(error).toBeInstanceOf(NotNullViolationError)
        expect((error as NotNullViolationError).columns).toEqual(['slug'])
      })

      test('a row against a check is a CheckViolationError', async () => {
        await expect(
          db.insert(projects).values({ slug: next(), budget: '-1' }).execute(),
        ).rejects.toBeInstanceOf(CheckViolationError)
      })

      test('anything else is a QueryError with the statement and without its parameters', async () => {
        const error: unknown = await sql`select ${'secret'} from nowhere`
          .execute(db)
          .catch((caught: unknown) => caught)
        expect(error).toBeInstanceOf(QueryError)
        expect((error as QueryError).sql).toContain('nowhere')
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret')
      })

      test('an error, its cause and their stacks hold no row', async () => {
        const slug = `secret-${next()}`
        await addProject(slug)
        for (const row of [{ slug }, { slug: `${slug}2`, budget: '-1' }]) {
          const error: unknown = await db
            .insert(projects)
            .values(row)
            .execute()
            .catch((caught: unknown) => caught)
          expect(error).toBeInstanceOf(ConstraintViolationError)
          expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret')
        }
      })
    })

    describe('transactions', () => {
      const count = async (client: Client, slug: string): Promise<number> =>
        (await client.select().from(projects).where(eq(projects.slug, slug)).execute()).length

      test('what returns is committed', async () => {
        const slug = next()
        const returned = await db.transaction(async (tx) => {
          await tx.insert(projects).values({ slug }).execute()
          return count(tx, slug)
        })
        expect([returned, await count(db, slug)]).toEqual([1, 1])
      })

      test('what throws is rolled back', async () => {
        const slug = next()
        const work = db.transaction(async (tx) => {
          await tx.insert(projects).values({ slug }).execute()
          throw new RangeError('stop')
        })
        await expect(work).rejects.toThrow(RangeError)
        expect(await count(db, slug)).toBe(0)
      })

      test('an inner transaction that throws takes only itself back', async () => {
        const [outer, inner] = [next(), next()]
        await db.transaction(async (tx) => {
          await tx.insert(projects).values({ slug: outer }).execute()
          await expect(
            tx.transaction(async (nested) => {
              await nested.insert(projects).values({ slug: inner }).execute()
              await nested.insert(projects).values({ slug: inner }).execute()
            }),
          ).rejects.toBeInstanceOf(UniqueViolationError)
        })
        expect([await count(db, outer), await count(db, inner)]).toEqual([1, 0])
      })

      test('statements that start together in one transaction all run', async () => {
        const slugs = [next(), next(), next()]
        await db.transaction((tx) =>
          Promise.all(slugs.map((slug) => tx.insert(projects).values({ slug }).execute())),
        )
        expect(
          await db.select().from(projects).where(inArray(projects.slug, slugs)).execute(),
        ).toHaveLength(3)
      })

      test('a transaction that has ended refuses statements', async () => {
        let escaped: Client | undefined
        await db.transaction(async (tx) => {
          escaped = tx
        })
        await expect(escaped?.selectFrom('projects').selectAll().execute()).rejects.toBeInstanceOf(
          TransactionEndedError,
        )
      })

      test('only the outermost transaction may choose its isolation', async () => {
        const work = db.transaction((tx) =>
          tx.transaction({ isolation: 'serializable' }, () => Promise.resolve()),
        )
        await expect(work).rejects.toBeInstanceOf(DbError)
      })

      test('an isolation level from outside is one of the known ones, never SQL', async () => {
        const isolation = 'serializable; drop table people' as 'serializable'
        await expect(db.transaction({ isolation }, () => Promise.resolve())).rejects.toThrow(
          /no isolation level/,
        )
      })

      test('inner transactions that overlap are stored both', async () => {
        const slugs = [next(), next(), next()]
        await db.transaction((tx) =>
          Promise.all(
            slugs.map((slug) =>
              tx.transaction((inner) => inner.insert(projects).values({ slug }).execute()),
            ),
          ),
        )
        for (const slug of slugs) expect(await count(db, slug)).toBe(1)
      })

      test('an inner transaction that takes another along when it is rolled back ends the outer one', async () => {
        const [first, second, outer] = [next(), next(), next()]
        const secondIsStored = signal()
        const work = db.transaction(async (tx) => {
          await tx.insert(projects).values({ slug: outer }).execute()
          await Promise.all([
            tx
              .transaction(async (inner) => {
                await inner.insert(projects).values({ slug: first }).execute()
                await secondIsStored.raised
                throw new RangeError('stop')
              })
              .catch(() => undefined),
            tx
              .transaction((inner) => inner.insert(projects).values({ slug: second }).execute())
              .then(() => secondIsStored.raise()),
          ])
        })
        const error: unknown = await work.catch((caught: unknown) => caught)
        expect(error).toBeInstanceOf(TransactionAbortedError)
        expect((error as Error).cause).toMatchObject({ code: 'transactions_overlap' })
        for (const slug of [first, second, outer]) expect(await count(db, slug)).toBe(0)
      })

      test('an inner transaction that nobody waited for is undone, and the connection goes on clean', async () => {
        const [outer, inner] = [next(), next()]
        const end = signal()
        let forgotten: Promise<unknown> | undefined
        await db.transaction(async (tx) => {
          await tx.insert(projects).values({ slug: outer }).execute()
          const begun = signal()
          forgotten = tx.transaction(async (nested) => {
            await nested.insert(projects).values({ slug: inner }).execute()
            begun.raise()
            await end.raised
            await nested.insert(projects).values({ slug: next() }).execute()
          })
          forgotten.catch(() => undefined)
          await begun.raised
        })
        end.raise()
        await expect(forgotten).rejects.toBeInstanceOf(TransactionEndedError)
        expect([await count(db, outer), await count(db, inner)]).toEqual([1, 0])
        const later = next()
        await db.transaction((tx) => tx.insert(projects).values({ slug: later }).execute())
        expect(await count(db, later)).toBe(1)
      })

      test('a statement that waits for the transaction it stands in fails in time', async () => {
        await using narrow = createDbClient({
          schema,
          dialect: database.narrow ?? database.dialect,
          acquireTimeout: 100,
        })
        const error: unknown = await narrow
          .transaction(() => narrow.selectFrom('projects').select('id').execute())
          .catch((caught: unknown) => caught)
        expect(error).toBeInstanceOf(NoFreeConnectionError)
        expect((error as Error).message).toMatch(/await statements of tx/)
        await narrow.selectFrom('projects').select('id').limit(1).execute()
      })

      test("Kysely's own builder still works", async () => {
        const slug = next()
        await db.transaction().execute((tx) => tx.insertInto('projects').values({ slug }).execute())
        expect(await count(db, slug)).toBe(1)
      })
    })

    describe('runs', () => {
      test('the first statement opens the transaction, which commits with the run', async () => {
        const slug = next()
        const transaction = db.createScopeTransaction()
        const run = await inRun(async () => {
          await db.insert(projects).values({ slug }).execute()
        }, transaction)
        expect([...run.writes]).toEqual([])
        await transaction.commit()
        expect([...run.writes]).toContain('projects')
        expect(
          await db.select().from(projects).where(eq(projects.slug, slug)).execute(),
        ).toHaveLength(1)
      })

      test('a run that is rolled back leaves nothing and observes nothing', async () => {
        const slug = next()
        const transaction = db.createScopeTransaction()
        const run = await inRun(() => db.insert(projects).values({ slug }).execute(), transaction)
        await transaction.rollback()
        expect([...run.writes]).toEqual([])
        expect(await db.select().from(projects).where(eq(projects.slug, slug)).execute()).toEqual(
          [],
        )
      })

      test('a transaction inside a run is a savepoint, also through the client itself', async () => {
        const [kept, undone] = [next(), next()]
        const transaction = db.createScopeTransaction()
        await inRun(async () => {
          await db.transaction(() => db.insert(projects).values({ slug: kept }).execute())
          await db
            .transaction(async (tx) => {
              await tx.insert(projects).values({ slug: undone }).execute()
              throw new RangeError('stop')
            })
            .catch(() => undefined)
        }, transaction)
        await transaction.commit()
        const rows = await db
          .select({ slug: projects.slug })
          .from(projects)
          .where(inArray(projects.slug, [kept, undone]))
          .execute()
        expect(rows).toEqual([{ slug: kept }])
      })

      test('a run without statements opens nothing', async () => {
        const transaction = db.createScopeTransaction()
        await transaction.commit()
        await expect(transaction.commit()).rejects.toBeInstanceOf(TransactionEndedError)
      })
    })

    describe('observation', () => {
      test('a read without a key depends on the table', async () => {
        const { reads } = await inRun(() =>
          db.selectFrom('tasks').selectAll().where('title', '=', 'x').execute(),
        )
        expect([...reads]).toEqual(['project_tasks'])
      })

      test('a read by a key depends on that value and on writes that cannot be placed', async () => {
        const { reads } = await inRun(() =>
          db
            .select()
            .from(tasks)
            .where(and(eq(tasks.projectId, 5), eq(tasks.title, 'x')))
            .execute(),
        )
        expect([...reads].toSorted()).toEqual(['project_tasks:*', 'project_tasks:project_id=5'])
      })

      test('a primary key places a read better than another', async () => {
        const { reads } = await inRun(() =>
          db
            .select()
            .from(tasks)
            .where(and(eq(tasks.projectId, 5), eq(tasks.id, 7)))
            .execute(),
        )
        expect([...reads]).toContain('project_tasks:id=7')
      })

      test('a condition under OR or NOT places nothing', async () => {
        const { reads } = await inRun(async () => {
          await db
            .select()
            .from(tasks)
            .where(or(eq(tasks.id, 1), eq(tasks.id, 2)))
            .execute()
        })
        expect([...reads]).toEqual(['project_tasks'])
        const negated = await inRun(() =>
          db
            .select()
            .from(tasks)
            .where(not(eq(tasks.id, 1)))
            .execute(),
        )
        expect([...negated.reads]).toEqual(['project_tasks'])
      })

      test('joined tables and subqueries are reads of their own', async () => {
        const { reads } = await inRun(() =>
          db
            .selectFrom('projects')
            .innerJoin('members', 'members.projectId', 'projects.id')
            .select('projects.id')
            .where('members.personId', '=', 3)
            .where(({ exists, selectFrom }) =>
              exists(
                selectFrom('tasks')
                  .select('tasks.id')
                  .whereRef('tasks.projectId', '=', 'projects.id'),
              ),
            )
            .execute(),
        )
        expect([...reads].toSorted()).toEqual([
          'members:*',
          'members:person_id=3',
          'project_tasks',
          'projects',
        ])
      })

      test('an insert whose keys are known is placed', async () => {
        const person = await addPerson()
        const project = await addProject()
        const { writes } = await inRun(() =>
          db.insert(members).values({ projectId: project, personId: person, role: 'x' }).execute(),
        )
        expect([...writes].toSorted()).toEqual([
          'members',
          `members:person_id=${person}`,
          `members:project_id=${project}`,
        ])
      })

      test('a deleted row tells its keys or that it cannot be placed, and the tables that its keys reach', async () => {
        const project = await addProject()
        const task = await addTask(project)
        const { writes } = await inRun(() => db.delete(tasks).where(eq(tasks.id, task)).execute())
        expect([...writes]).toEqual(
          expect.arrayContaining(['project_tasks', `project_tasks:id=${task}`]),
        )
        const cascade = await inRun(() =>
          db.delete(projects).where(eq(projects.id, project)).execute(),
        )
        expect([...cascade.writes]).toEqual(
          expect.arrayContaining([
            'members',
            'members:*',
            'project_tasks',
            'project_tasks:*',
            'projects',
            `projects:id=${project}`,
          ]),
        )
        expect([...cascade.writes]).not.toContain('people')
      })

      test('a statement written by hand reads or writes everything', async () => {
        const { reads, writes } = await inRun(() =>
          sql`update projects set budget = 0 where id = -1`.execute(db),
        )
        expect([[...reads], [...writes]]).toEqual([['*'], ['*']])
        const read = await inRun(() => sql`select 1 as one`.execute(db))
        expect([[...read.reads], [...read.writes]]).toEqual([['*'], []])
      })

      test('writes of a savepoint that was undone are not observed', async () => {
        const { writes } = await inRun(() =>
          db.transaction(async (tx) => {
            await tx.insert(projects).values({ slug: next() }).execute()
            await tx
              .transaction(async (inner) => {
                await inner.insert(people).values({ email: next(), displayName: 'x' }).execute()
                throw new RangeError('stop')
              })
              .catch(() => undefined)
          }),
        )
        expect([...writes]).toContain('projects')
        expect([...writes]).not.toContain('people')
      })

      test('an update tells what a key becomes, also where the condition names what it was', async () => {
        const [a, b] = [await addPerson(), await addPerson()]
        const project = await addProject()
        await db.insert(members).values({ projectId: project, personId: a, role: 'x' }).execute()
        const { writes } = await inRun(() =>
          db
            .update(members)
            .set({ personId: b })
            .where(and(eq(members.projectId, project), eq(members.personId, a)))
            .execute(),
        )
        expect([...writes].toSorted()).toEqual(
          [
            'members',
            `members:person_id=${a}`,
            `members:person_id=${b}`,
            `members:project_id=${project}`,
          ].toSorted(),
        )
      })

      test('a key in another spelling places neither a read nor a write', async () => {
        const project = await addProject()
        const spelled = `0${project}` as unknown as number
        const { reads } = await inRun(() =>
          db.select().from(projects).where(eq(projects.id, spelled)).execute(),
        )
        expect([...reads]).toEqual(['projects'])
        const { writes } = await inRun(() =>
          db.update(projects).set({ slug: next() }).where(eq(projects.id, spelled)).execute(),
        )
        const tag = database.dialect.capabilities.returning
          ? `projects:id=${project}`
          : 'projects:*'
        expect([...writes]).toContain(tag)
      })

      test('a counter that is given no value of its own counts as unknown', async () => {
        const placed = async (id: unknown): Promise<boolean> => {
          const { writes } = await inRun(() =>
            db
              .insert(projects)
              .values({ id: id as never, slug: next() })
              .execute()
              .catch(() => undefined),
          )
          return writes.size === 0 || [...writes].some((tag) => /:(\*|id=[1-9]\d*)$/.test(tag))
        }
        // Some databases refuse null here, others count on.
        expect(await placed(null)).toBe(true)
        expect(await placed(sql`null`)).toBe(true)
      })

      test('a fragment in the place of a table, and a function that nobody knows, are observed as everything', async () => {
        const named = await inRun(() =>
          db
            .selectFrom(sql<{ id: number }>`${sql.table('projects')}`.as('p'))
            .select('p.id')
            .execute(),
        )
        expect([...named.reads]).toContain('*')
        const unknown = await inRun(() =>
          db
            .selectFrom('projects')
            .select((eb) => eb.fn<number>('archive_everything', []).as('n'))
            .execute()
            .catch(() => undefined),
        )
        expect([...unknown.reads]).toContain('*')
        const pure = await inRun(() =>
          db
            .selectFrom('projects')
            .select((eb) => eb.fn<string>('lower', ['slug']).as('n'))
            .execute(),
        )
        expect([...pure.reads]).toEqual(['projects'])
      })

      test('a change that is read as a stream is observed like any other', async ({ skip }) => {
        if (!database.dialect.capabilities.returning) skip('this dialect has no RETURNING')
        const [from, to] = [await addProject(), await addProject()]
        const task = await addTask(from)
        const { writes } = await inRun(async () => {
          const ids: number[] = []
          const changes = db
            .update(tasks)
            .set({ projectId: to })
            .where(eq(tasks.id, task))
            .returning('id')
            .stream()
          for await (const { id } of changes) ids.push(id)
          expect(ids).toEqual([task])
        })
        expect([...writes]).toEqual(
          expect.arrayContaining([
            `project_tasks:id=${task}`,
            `project_tasks:project_id=${to}`,
            'project_tasks:*',
          ]),
        )
      })

      test('listeners hear of statements and commits', async () => {
        const heard: string[] = []
        const stop = [
          db.on('query', ({ sql: text }) => heard.push(text.slice(0, 6))),
          db.on('commit', ({ writes }) => heard.push(writes[0] ?? '')),
        ]
        await db.transaction((tx) => tx.insert(projects).values({ slug: next() }).execute())
        for (const end of stop) end()
        expect(heard).toEqual(['insert', 'projects'])
      })
    })

    describe('returning', () => {
      test('an insert, an update and a delete give the rows that were asked for', async ({
        skip,
      }) => {
        if (!database.dialect.capabilities.returning) skip('this dialect has no RETURNING')
        const slug = next()
        const run = await inRun(async () => {
          const inserted = await db
            .insert(projects)
            .values({ slug })
            .returning(['id', 'ownerId', 'budget'])
            .executeTakeFirstOrThrow()
          expect(Object.keys(inserted)).toEqual(['id', 'ownerId', 'budget'])
          expect(inserted.budget).toBe('0.00')
          const updated = await db
            .update(projects)
            .set({ ownerId: null })
            .where(eq(projects.slug, slug))
            .returningAll()
            .executeTakeFirstOrThrow()
          expect(updated).toEqual({ ...inserted, slug })
          const deleted = await db
            .delete(projects)
            .where(eq(projects.slug, slug))
            .returning('slug')
            .execute()
          expect(deleted).toEqual([{ slug }])
        })
        expect([...run.writes]).toContain('projects')
      })

      test('an insert tells the key that the database gave', async ({ skip }) => {
        if (!database.dialect.capabilities.returning) skip('this dialect has no RETURNING')
        const project = await addProject()
        const title = next()
        const { writes } = await inRun(() =>
          db.insert(tasks).values({ projectId: project, title }).execute(),
        )
        const { id } = await db
          .selectFrom('tasks')
          .select('id')
          .where('title', '=', title)
          .executeTakeFirstOrThrow()
        expect([...writes].toSorted()).toEqual(
          [
            'project_tasks',
            `project_tasks:id=${id}`,
            `project_tasks:project_id=${project}`,
          ].toSorted(),
        )
      })

      test('an update that moves a row tells where it went, and that where it came from is unknown', async ({
        skip,
      }) => {
        if (!database.dialect.capabilities.returning) skip('this dialect has no RETURNING')
        const [from, to] = [await addProject(), await addProject()]
        const task = await addTask(from)
        const stay = await inRun(() =>
          db.update(tasks).set({ title: 'renamed' }).where(eq(tasks.id, task)).execute(),
        )
        expect([...stay.writes].toSorted()).toEqual(
          [
            'project_tasks',
            `project_tasks:id=${task}`,
            `project_tasks:project_id=${from}`,
          ].toSorted(),
        )
        const move = await inRun(() =>
          db.update(tasks).set({ projectId: to }).where(eq(tasks.id, task)).execute(),
        )
        expect([...move.writes]).toEqual(
          expect.arrayContaining([`project_tasks:project_id=${to}`, 'project_tasks:*']),
        )
      })

      test('a change of a table under another name, or with the help of another, tells its rows', async ({
        skip,
      }) => {
        if (!database.dialect.capabilities.returning) skip('this dialect has no RETURNING')
        const project = await addProject()
        const task = await addTask(project)
        const tags = [`project_tasks:id=${task}`, `project_tasks:project_id=${project}`]
        const renamed = await inRun(() =>
          db
            .updateTable('tasks as t')
            .set({ title: next() })
            .where('t.projectId', '=', project)
            .execute(),
        )
        expect([...renamed.writes]).toEqual(expect.arrayContaining(tags))
        const joined = await inRun(() =>
          db
            .updateTable('tasks')
            .from('projects')
            .set({ title: next() })
            .whereRef('tasks.projectId', '=', 'projects.id')
            .where('projects.id', '=', project)
            .execute(),
        )
        expect([...joined.writes]).toEqual(expect.arrayContaining(tags))
        const gone = await inRun(() =>
          db
            .deleteFrom('tasks as t')
            .where('t.title', 'is not', null)
            .where('t.id', '=', task)
            .execute(),
        )
        expect([...gone.writes]).toEqual(expect.arrayContaining(tags))
      })

      test('a result is the same whether or not a run observes it', async () => {
        const insert = () => db.insert(projects).values({ slug: next() }).executeTakeFirstOrThrow()
        const plain = await insert()
        let observed: typeof plain | undefined
        await inRun(async () => {
          observed = await insert()
        })
        expect(typeof observed?.insertId).toBe(typeof plain.insertId)
        expect(observed?.numInsertedOrUpdatedRows).toBe(plain.numInsertedOrUpdatedRows)
        if (plain.insertId !== undefined) expect(observed?.insertId).toBe(plain.insertId + 1n)
      })

      test('an upsert counts as inserted and updated', async ({ skip }) => {
        if (!database.dialect.capabilities.returning) skip('this dialect upserts in another way')
        const slug = next()
        const save = (budget: string) =>
          db
            .insert(projects)
            .values({ slug, budget })
            .onConflict((conflict) =>
              conflict.column('slug').doUpdateSet((eb) => ({ budget: eb.ref('excluded.budget') })),
            )
            .returning(['id', 'budget'])
            .executeTakeFirstOrThrow()
        const first = await save('1')
        const run = await inRun(async () => {
          expect(await save('2')).toEqual({ id: first.id, budget: '2.00' })
        })
        expect([...run.writes]).toContain(`projects:id=${first.id}`)
      })
    })
  })
}
