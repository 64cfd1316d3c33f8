/** What nested queries must do on every dialect. */

import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConformanceDatabase } from './dialect.conformance.ts'
import {
  createDbClient,
  createStatements,
  type Database,
  desc,
  eq,
  integer,
  relations,
  serial,
  table,
  toSnapshot,
} from './index.ts'
import * as base from './test-schema.conformance.ts'

/** More columns than a JSON function takes arguments. */
const wide = table('wide', {
  id: serial().primaryKey(),
  personId: integer().references(() => base.people.id),
  ...Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`c${index}`, integer()])),
})
const wideRelations = relations(base.members, ({ one }) => ({
  person: one(base.people, { fields: [base.members.personId], references: [base.people.id] }),
  wide: one(wide, { fields: [base.members.personId], references: [wide.personId] }),
  every: one(base.everyType, {
    fields: [base.members.personId],
    references: [base.everyType.anInteger],
  }),
}))
const schema = { ...base, wide, wideRelations }
const { everyType, members, people, projects, tasks } = schema

/** Runs the suite. */
export function testRelations(name: string, open: () => Promise<ConformanceDatabase>): void {
  describe(`${name} nested queries:`, () => {
    let database: ConformanceDatabase
    let db: Database<typeof schema>

    beforeAll(async () => {
      database = await open()
      db = createDbClient({ schema, dialect: database.dialect })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
        await sql.raw(statement).execute(db)
      const joinedAt = new Date('2026-11-20T13:37:00.123Z')
      await db
        .insert(people)
        .values([
          { id: 1, email: 'a', displayName: 'A', karma: 9_007_199_254_740_993n, joinedAt },
          { id: 2, email: 'b', displayName: 'B', joinedAt },
        ])
        .execute()
      await db
        .insert(projects)
        .values([
          { id: 1, slug: 'one', ownerId: 1, budget: '0.10' },
          { id: 2, slug: 'two' },
        ])
        .execute()
      await db
        .insert(tasks)
        .values([
          { id: 1, projectId: 1, title: 'x', dueAt: joinedAt },
          { id: 2, projectId: 1, parentId: 1, title: 'y' },
          { id: 3, projectId: 1, parentId: 1, title: 'it\'s "z"' },
        ])
        .execute()
      await db.insert(members).values({ projectId: 1, personId: 1, role: 'lead' }).execute()
    })

    afterAll(async () => {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    })

    test('rows bring their relations in one statement, with the values that they have outside', async () => {
      const statements: string[] = []
      const stop = db.on('query', (event) => statements.push(event.sql))
      const found = await db.query.projects.findMany({
        with: { owner: true, tasks: { with: { children: true } } },
      })
      stop()
      expect(statements).toHaveLength(1)
      const owner = await db.select().from(people).where(eq(people.id, 1)).executeTakeFirstOrThrow()
      const [first, second] = found
      expect(first).toMatchObject({ id: 1, slug: 'one', budget: '0.10' })
      expect(first?.owner).toStrictEqual(owner)
      expect(first?.owner?.karma).toBe(9_007_199_254_740_993n)
      expect(first?.tasks.map((task) => task.title)).toEqual(['x', 'y', 'it\'s "z"'])
      expect(first?.tasks[0]?.dueAt).toEqual(new Date('2026-11-20T13:37:00.123Z'))
      expect(first?.tasks[0]?.children.map((task) => task.id)).toEqual([2, 3])
      expect(first?.tasks[1]?.children).toEqual([])
      expect(second).toMatchObject({ owner: null, tasks: [] })
    })

    test('conditions, orders, limits and columns hold on each level', async () => {
      const found = await db.query.projects.findMany({
        where: (project) => eq(project.slug, 'one'),
        columns: { slug: true },
        with: {
          tasks: {
            columns: { projectId: false, mood: false },
            where: (task, { isNotNull }) => isNotNull(task.parentId),
            orderBy: (task) => desc(task.title),
            limit: 1,
          },
        },
      })
      expect(found).toEqual([
        { slug: 'one', tasks: [{ id: 2, parentId: 1, title: 'y', dueAt: null }] },
      ])
      const offset = await db.query.projects.findMany({
        with: { tasks: { columns: { id: true }, offset: 1 } },
        limit: 1,
      })
      expect(offset[0]?.tasks).toEqual([{ id: 2 }, { id: 3 }])
      expect(
        await db.query.tasks.findMany({
          orderBy: (task) => desc(task.id),
          offset: 1,
          limit: 1,
          columns: { id: true },
        }),
      ).toEqual([{ id: 2 }])
    })

    test('the first row, or none', async () => {
      expect(
        (await db.query.tasks.findFirst({ where: eq(tasks.id, 2), with: { project: true } }))
          ?.project.slug,
      ).toBe('one')
      expect(await db.query.tasks.findFirst({ where: eq(tasks.id, 99) })).toBeUndefined()
    })

    test('a value of every column type is the same inside and outside', async () => {
      const row = {
        anInteger: 1,
        aSmallint: -1,
        aBigint: -9_223_372_036_854_775_808n,
        aNumeric: '123456789.125',
        aReal: 0.1,
        aDouble: 0.1 + 0.2,
        aVarchar: '\\ " \' \u0001 👍',
        aChar: 'abc',
        aText: '{"not": "json"}',
        aBoolean: true,
        aTimestamp: new Date('2026-11-20T13:37:00.120Z'),
        aTimestamptz: new Date('1999-12-31T23:59:59.999Z'),
        aDate: '2024-02-29',
        aTime: '23:59:58.120',
        anInterval: '1 day 02:03:04',
        aUuid: '0190163d-8694-739b-aea5-966c26f8ad91',
        aJson: { deep: [1.5, null], text: '"é"' },
        aJsonb: ['a', { b: [true] }],
        someBytes: Uint8Array.of(0, 255, 39, 92),
        aMood: "it's loud" as const,
      }
      await db.insert(everyType).values(row).execute()
      const outside = await db.select().from(everyType).executeTakeFirstOrThrow()
      const inside = await db.query.members.findFirst({ with: { every: true } })
      expect(inside?.every).toStrictEqual(outside)
      await db
        .update(everyType)
        .set({ aText: null, aJson: null, someBytes: null, aBigint: null, aDouble: null })
        .where(eq(everyType.anInteger, 1))
        .execute()
      const nulls = await db.query.members.findFirst({ with: { every: true } })
      expect(nulls?.every).toMatchObject({
        aText: null,
        aJson: null,
        someBytes: null,
        aBigint: null,
        aDouble: null,
      })
    })

    test('a row with more columns than a function takes arguments arrives whole', async () => {
      await sql`insert into wide (person_id, c0, c129) values (1, 7, 8)`.execute(db)
      const found = await db.query.members.findFirst({ with: { wide: true } })
      expect(found?.wide).toMatchObject({ personId: 1, c0: 7, c129: 8, c64: null })
    })

    test('the tables of all levels are read', async () => {
      const reads = new Set<string>()
      await using other = createDbClient({
        schema,
        dialect: database.dialect,
        scope: () => ({
          principal: () => undefined,
          signal: undefined,
          transaction: undefined,
          observe: (seen) => seen.reads.forEach((tag) => reads.add(tag)),
        }),
      })
      if (database.dialect.capabilities.concurrency) {
        await other.query.projects.findMany({
          where: eq(projects.id, 1),
          with: { tasks: true, owner: true },
        })
        expect([...reads].toSorted()).toEqual([
          'people',
          'project_tasks',
          'projects:*',
          'projects:id=1',
        ])
      }
    })

    test('a relation or a column that does not exist is named', async () => {
      await expect(
        db.query.projects.findMany({ with: { nothing: true } as never }),
      ).rejects.toThrow(/no relation "nothing"; it has owner, tasks/)
      await expect(
        db.query.projects.findMany({ columns: { nothing: true } as never }),
      ).rejects.toThrow(/no column "nothing"/)
      await expect(db.query.projects.findMany({ limit: 1.5 })).rejects.toThrow(/whole number/)
    })
  })
}
