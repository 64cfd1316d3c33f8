/** What the query layers ask, and what comes back. */

import { describe, expect, test } from 'vitest'
import { and, eq, ilike, inArray, isNull, like, notInArray, not, or } from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { people, projects } from '../test-schema.conformance.ts'

export function testQueries({ db, next, addPerson, addProject, addTask }: DialectBench): void {
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
      expect(await slugs(or(eq(projects.slug, a), eq(projects.slug, b)))).toEqual([a, b].toSorted())
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

    test('a list is looked for as it is now, however long that of the last statement was', async () => {
      const all = [next(), next(), next()].toSorted()
      const [a = '', b = '', c = ''] = all
      for (const slug of all) await addProject(slug)
      for (const list of [[a], [a, b, c], [], [c], [b, 'it\'s "nobody"', a]]) {
        const found = await db
          .select({ slug: projects.slug })
          .from(projects)
          .where(inArray(projects.slug, list))
          .orderBy(projects.slug)
          .execute()
        const named = all.filter((slug) => list.includes(slug))
        expect(found.map(({ slug }) => slug)).toEqual(named)
        const others = await db.query.projects.findMany({
          where: and(inArray(projects.slug, all), notInArray(projects.slug, list)),
          orderBy: [projects.slug],
        })
        expect(others.map(({ slug }) => slug)).toEqual(all.filter((slug) => !named.includes(slug)))
      }
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
      const deleted = await db.delete(projects).where(eq(projects.id, id)).executeTakeFirstOrThrow()
      expect(deleted.numDeletedRows).toBe(1n)
    })

    test('a column that the table does not have is refused by name', async () => {
      const query = db.selectFrom('projects').select('projects.owner_id' as 'projects.ownerId')
      expect(() => query.compile()).toThrow(/no column "owner_id".*keys/)
    })
  })
}
