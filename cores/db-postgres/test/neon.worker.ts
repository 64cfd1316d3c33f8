/** The Worker of the Neon test: the client as one deploys it. */

import {
  createDbClient,
  eq,
  integer,
  relations,
  serial,
  table,
  text,
  timestamptz,
} from '@mizan/db/edge'
import { neonConfig } from '@neondatabase/serverless'
import { neon } from '../src/neon.ts'

const lists = table('lists', {
  id: serial().primaryKey(),
  name: text().notNull().unique(),
  madeAt: timestamptz().notNull(),
})
const tasks = table('tasks', {
  id: serial().primaryKey(),
  listId: integer()
    .notNull()
    .references(() => lists.id),
  title: text().notNull(),
})
const listRelations = relations(lists, ({ many }) => ({ tasks: many(tasks) }))

interface Env {
  readonly DATABASE_URL: string
  readonly ENDPOINT: string
}

// oxlint-disable-next-line import/no-default-export -- a Worker is one
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    neonConfig.fetchEndpoint = env.ENDPOINT
    const db = createDbClient({
      schema: { lists, tasks, listRelations },
      dialect: neon({ url: env.DATABASE_URL }),
    })
    const name = new URL(request.url).searchParams.get('name') ?? ''
    const madeAt = new Date('2026-11-20T13:37:00.123Z')
    try {
      const [[list]] = await db.batch([db.insert(lists).values({ name, madeAt }).returning('id')])
      await db
        .insert(tasks)
        .values([
          { listId: list?.id ?? 0, title: 'a' },
          { listId: list?.id ?? 0, title: 'b' },
        ])
        .execute()
      return Response.json(
        await db.query.lists.findFirst({
          where: (one) => eq(one.name, name),
          columns: { name: true, madeAt: true },
          with: { tasks: { columns: { title: true } } },
        }),
      )
    } catch (error) {
      const { code, columns } = error as { code: string; columns: unknown } // cast: the test's own errors
      return Response.json({ code, columns }, { status: 500 })
    }
  },
}
