/** Writes of one shape are made once; what each of them did is told by its own values. */

import type { CompiledQuery } from 'kysely'
import { describe, expect, test } from 'vitest'
import { and, createDbClient, eq } from '../index.ts'
import * as schema from '../test-schema.conformance.ts'
import type { DialectBench } from './bench.conformance.ts'

const { members, people, projects, tasks } = schema

export function testKnownWrites({
  database,
  db,
  inRun,
  next,
  addPerson,
  addProject,
  addTask,
}: DialectBench): void {
  describe('writes of one shape', () => {
    test('each insert tells its own keys, and stores its own values', async () => {
      const person = await addPerson()
      for (const role of ['first', 'second', 'third']) {
        const project = await addProject()
        const { writes } = await inRun(() =>
          db.insert(members).values({ projectId: project, personId: person, role }).execute(),
        )
        expect([...writes].toSorted()).toEqual(
          ['members', `members:person_id=${person}`, `members:project_id=${project}`].toSorted(),
        )
        const stored = await db
          .select()
          .from(members)
          .where(eq(members.projectId, project))
          .execute()
        expect(stored).toEqual([{ projectId: project, personId: person, role }])
      }
    })

    test('a null is no key, whatever the shape was made with', async () => {
      const owner = await addPerson()
      for (const ownerId of [owner, null, owner]) {
        const { writes } = await inRun(() =>
          db.insert(projects).values({ slug: next(), ownerId }).execute(),
        )
        // Without RETURNING the new row's own key is not known.
        const isTold = ownerId !== null && database.dialect.capabilities.returning
        expect([...writes].includes(`projects:owner_id=${owner}`)).toBe(isTold)
        expect([...writes].includes('projects:*')).toBe(!database.dialect.capabilities.returning)
      }
    })

    test('rows of one insert tell all their keys, in any number', async () => {
      const person = await addPerson()
      for (const count of [1, 3, 2, 3, 20, 21]) {
        const ids: number[] = []
        for (let at = 0; at < count; at += 1) ids.push(await addProject())
        const { writes } = await inRun(() =>
          db
            .insert(members)
            .values(ids.map((projectId) => ({ projectId, personId: person, role: 'x' })))
            .execute(),
        )
        expect([...writes].toSorted()).toEqual(
          [
            'members',
            `members:person_id=${person}`,
            ...ids.map((id) => `members:project_id=${id}`),
          ].toSorted(),
        )
      }
    })

    test('rows that move tell where from and where to', async () => {
      const places = [await addProject(), await addProject(), await addProject()] as const
      const task = await addTask(places[0])
      for (const [from, to] of [
        [places[0], places[1]],
        [places[1], places[2]],
        [places[2], places[0]],
      ]) {
        const { writes } = await inRun(() =>
          db.transaction((tx) =>
            tx.update(tasks).set({ projectId: to }).where(eq(tasks.id, task)).execute(),
          ),
        )
        expect([...writes]).toEqual(
          expect.arrayContaining([
            `project_tasks:id=${task}`,
            `project_tasks:project_id=${from}`,
            `project_tasks:project_id=${to}`,
          ]),
        )
        expect(
          [...writes].filter((tag) => tag.startsWith('project_tasks:project_id=')),
        ).toHaveLength(2)
      }
    })

    test('each delete tells the row that it names', async () => {
      const project = await addProject()
      const ids = [await addTask(project), await addTask(project)]
      for (const id of ids) {
        const { writes } = await inRun(() =>
          db
            .delete(tasks)
            .where(and(eq(tasks.id, id), eq(tasks.projectId, project)))
            .execute(),
        )
        const keys = [...writes].filter((tag) => tag.includes('='))
        expect(keys.toSorted()).toEqual(
          [`project_tasks:id=${id}`, `project_tasks:project_id=${project}`].toSorted(),
        )
      }
    })

    test('a layer that changes the tree changes it for the values of each run', async () => {
      await using other = createDbClient({
        schema,
        dialect: database.dialect,
        layers: [
          (statement, go) => go({ ...statement, node: Object.freeze({ ...statement.node }) }),
        ],
      })
      for (const name of [next(), next()]) {
        const email = `${name}@example.com`
        await other.insert(people).values({ email, displayName: name }).execute()
        const found = await other.select().from(people).where(eq(people.email, email)).execute()
        expect(found.map(({ displayName }) => displayName)).toEqual([name])
      }
    })

    test('a compiled statement that is given other parameters writes them, and says that it cannot be placed', async () => {
      const person = await addPerson()
      const [first, second] = [await addProject(), await addProject()]
      const compiled = db
        .insert(members)
        .values({ projectId: first, personId: person, role: 'compiled' })
        .compile()
      const changed: CompiledQuery = {
        ...compiled,
        parameters: compiled.parameters.map((one) => (one === first ? second : one)),
      }
      const { writes } = await inRun(() => db.executeQuery(changed))
      const stored = await db.select().from(members).where(eq(members.personId, person)).execute()
      expect(stored).toEqual([{ projectId: second, personId: person, role: 'compiled' }])
      const placed = [`members:project_id=${second}`, 'members:*']
      expect([...writes].some((tag) => placed.includes(tag))).toBe(true)
      expect([...writes]).not.toContain(`members:project_id=${first}`)
    })

    test('a value that does not fit is refused by the name of its column, also in a known shape', async () => {
      await addTask(await addProject())
      const project = await addProject()
      const wrong = { projectId: project, title: next(), dueAt: new Date(Number.NaN) }
      await db
        .insert(tasks)
        .values({ ...wrong, dueAt: new Date(0) })
        .execute()
      await expect(async () => db.insert(tasks).values(wrong).execute()).rejects.toThrow(
        /tasks\.dueAt/,
      )
    })
  })

  describe('inserts and updates that name no column', () => {
    test('a row without values has the defaults of its table', async () => {
      await using other = createDbClient({
        schema: { drafts: schema.everyType },
        dialect: database.dialect,
      })
      const before = await other.selectFrom('drafts').select('id').execute()
      await other.insert(schema.everyType).values({}).execute()
      await other.insertInto('drafts').values([{}, {}]).execute()
      const after = await other.selectFrom('drafts').selectAll().execute()
      expect(after).toHaveLength(before.length + 3)
      const known = new Set(before.map(({ id }) => id))
      for (const row of after.filter(({ id }) => !known.has(id))) expect(row.anInteger).toBeNull()
    })

    test('a row without values tells the row that it made, or that it cannot be placed', async () => {
      const { writes } = await inRun(() => db.insert(schema.everyType).values({}).execute())
      const last = await db
        .selectFrom('everyType')
        .select('id')
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow()
      expect([...writes].toSorted()).toEqual([
        'every_type',
        database.dialect.capabilities.returning ? `every_type:id=${last.id}` : 'every_type:*',
      ])
    })

    test('no rows are no change', async () => {
      const before = await db.selectFrom('projects').select('id').execute()
      const { writes } = await inRun(async () => {
        const [result] = await db.insert(projects).values([]).execute()
        expect(result?.numInsertedOrUpdatedRows ?? 0n).toBe(0n)
        await db.insert(schema.everyType).values([]).execute()
        if (database.dialect.capabilities.returning)
          expect(await db.insert(projects).values([]).returningAll().execute()).toEqual([])
      })
      expect([...writes]).toEqual([])
      expect(await db.selectFrom('projects').select('id').execute()).toEqual(before)
    })

    test('an update that assigns nothing is refused', async () => {
      const refused = { code: 'nothing_assigned', message: expect.stringContaining('undefined') }
      await expect(async () => db.update(projects).set({}).execute()).rejects.toMatchObject(refused)
      await expect(async () =>
        db.updateTable('projects').set({ slug: undefined }).where('id', '=', 1).execute(),
      ).rejects.toMatchObject(refused)
    })
  })
}
