/** What a statement reads and writes is told as tags. */

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { and, eq, inArray, not, or } from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { members, people, projects, tasks } from '../test-schema.conformance.ts'

export function testObservation({
  database,
  db,
  inRun,
  next,
  addPerson,
  addProject,
  addTask,
}: DialectBench): void {
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

    test('a read by a list depends on what stands in the list of this read', async () => {
      for (const list of [[5, 6], [7], [5, 6, 8]]) {
        const placed = ['project_tasks:*', ...list.map((id) => `project_tasks:project_id=${id}`)]
        const plain = await inRun(() =>
          db.select().from(tasks).where(inArray(tasks.projectId, list)).execute(),
        )
        expect([...plain.reads].toSorted()).toEqual(placed)
        const found = await inRun(() =>
          db.query.tasks.findMany({ where: inArray(tasks.projectId, list) }),
        )
        expect([...found.reads].toSorted()).toEqual(placed)
      }
    })

    test('joined tables and subqueries are reads of their own, placed by the keys that lead to them', async () => {
      const person = await addPerson()
      const project = await addProject()
      await db.insert(members).values({ projectId: project, personId: person, role: 'x' }).execute()
      const { reads } = await inRun(() =>
        db
          .selectFrom('projects')
          .innerJoin('members', 'members.projectId', 'projects.id')
          .select('projects.id')
          .where('members.personId', '=', person)
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
        `members:person_id=${person}`,
        'project_tasks:*',
        `project_tasks:project_id=${project}`,
        'projects:*',
        `projects:id=${project}`,
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

    test('writes of a savepoint that was undone are not observed', async ({ skip }) => {
      if (!database.dialect.capabilities.transactions) skip('this dialect has no savepoints')
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
      const tag = database.dialect.capabilities.returning ? `projects:id=${project}` : 'projects:*'
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

    test('what depends on the time or on chance is read from everything: nobody could tell when it ends', async () => {
      for (const name of ['now', 'random', 'current_timestamp']) {
        const { reads } = await inRun(() =>
          db
            .selectFrom('projects')
            .select((eb) => eb.fn<unknown>(name, []).as('n'))
            .execute()
            .catch(() => undefined),
        )
        expect([...reads], name).toContain('*')
      }
      const { reads } = await inRun(() => sql`select current_timestamp`.execute(db))
      expect([...reads]).toContain('*')
    })

    test('a condition of a join places neither of its sides', async () => {
      const { reads } = await inRun(() =>
        db
          .selectFrom('projects')
          .leftJoin('tasks', (join) =>
            join.onRef('tasks.projectId', '=', 'projects.id').on('projects.id', '=', 1),
          )
          .select('projects.id')
          .execute(),
      )
      expect([...reads].toSorted()).toEqual(['project_tasks', 'projects'])
    })

    test('what a hook has made of a statement is what is observed', async () => {
      const other = db.selectFrom('projects').select('id').where('id', '=', 7).toOperationNode()
      const stop = db.on('beforeQuery', () => other)
      const { reads } = await inRun(() =>
        db.selectFrom('projects').select('id').where('id', '=', 5).execute(),
      ).finally(stop)
      expect([...reads].toSorted()).toEqual(['projects:*', 'projects:id=7'])
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

    test('listeners hear of statements and commits', async ({ skip }) => {
      if (!database.dialect.capabilities.transactions) skip('a statement commits before it is told')
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
}
