/** Observed changes give what unobserved ones give. */

import { describe, expect, test } from 'vitest'
import { eq } from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { projects, tasks } from '../test-schema.conformance.ts'

export function testReturning({
  database,
  db,
  inRun,
  next,
  addProject,
  addTask,
}: DialectBench): void {
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
}
