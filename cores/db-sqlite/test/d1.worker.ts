/** The Worker of the D1 test: the client as one deploys it. */

import { createDbClient, eq, integer, relations, serial, table, text } from '@mizan/db/edge'
import { d1, type D1DatabaseLike } from '../src/d1.ts'

const lists = table('lists', { id: serial().primaryKey(), name: text().notNull().unique() })
const tasks = table('tasks', {
  id: serial().primaryKey(),
  listId: integer()
    .notNull()
    .references(() => lists.id),
  title: text().notNull(),
})
const listRelations = relations(lists, ({ many }) => ({ tasks: many(tasks) }))
const schema = { lists, tasks, listRelations }

/** Every path is one thing that a Worker does. */
// oxlint-disable-next-line import/no-default-export -- a Worker is one
export default {
  async fetch(request: Request, env: { readonly DB: D1DatabaseLike }): Promise<Response> {
    const db = createDbClient({ schema, dialect: d1({ database: env.DB }) })
    const name = new URL(request.url).searchParams.get('name') ?? ''
    try {
      switch (new URL(request.url).pathname) {
        case '/add': {
          const [[list], [found]] = await db.batch([
            db.insert(lists).values({ name }).returning('id'),
            db.select().from(lists).where(eq(lists.name, name)),
          ])
          await db
            .insert(tasks)
            .values([
              { listId: list?.id ?? 0, title: 'a' },
              { listId: list?.id ?? 0, title: 'b' },
            ])
            .execute()
          return Response.json({ list, found })
        }
        case '/half':
          await db.batch([
            db.insert(lists).values({ name: `${name} too` }),
            db.insert(lists).values({ name }),
          ])
          return Response.json({})
        case '/find':
          return Response.json(
            await db.query.lists.findMany({
              where: (list) => eq(list.name, name),
              columns: { name: true },
              with: { tasks: { columns: { title: true } } },
            }),
          )
        case '/transaction':
          await db.transaction(async () => undefined)
          return Response.json({})
        default:
          return Response.json(await db.select().from(lists).orderBy(lists.id).execute())
      }
    } catch (error) {
      const { code, message, columns } = error as {
        code: string
        message: string
        columns: unknown
      } // cast: the test's own errors
      return Response.json({ code, message, columns }, { status: 500 })
    }
  },
}
