/** The data core. */

import { createDbClient, index, integer, relations, serial, table, text, varchar } from '@mizan/db'
import { postgres } from '@mizan/db-postgres'
import type { Contestant } from './cases.ts'

const users = table('users', {
  id: integer().primaryKey(),
  email: varchar(120).notNull(),
  name: varchar(120).notNull(),
  age: integer().notNull(),
})
const posts = table(
  'posts',
  {
    id: integer().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => users.id),
    title: text().notNull(),
    likes: integer().notNull(),
  },
  (t) => ({
    byUser: index('posts_user').on(t.userId),
    byLikes: index('posts_likes').on(t.likes, t.id),
  }),
)
const notes = table('notes', {
  id: integer().primaryKey(),
  userId: integer()
    .notNull()
    .references(() => users.id),
  title: text().notNull(),
  likes: integer().notNull(),
})
const entries = table('entries', {
  id: serial().primaryKey(),
  userId: integer().notNull(),
  title: text().notNull(),
})
const userRelations = relations(users, ({ many }) => ({ items: many(posts), notes: many(notes) }))

export async function mizanContestant(url: string): Promise<Contestant> {
  const db = createDbClient({
    schema: { users, posts, notes, entries, userRelations },
    dialect: postgres({ url }),
  })
  await db.connect()
  const next = (after: string | undefined) =>
    db.query.posts.findPage({ orderBy: (p) => p.likes, limit: 20, after })
  const cursors: (string | undefined)[] = [undefined]
  for (let page = 1; page <= 4; page += 1) cursors.push((await next(cursors.at(-1))).next)
  return {
    name: 'mizan',
    byKey: (id) => db.query.users.findUnique({ where: (u, { eq }) => eq(u.id, id) }),
    insert: (userId) => db.insert(entries).values({ userId, title: 'An entry' }).execute(),
    nestedOne: (id) =>
      db.query.users.findUnique({ where: (u, { eq }) => eq(u.id, id), with: { items: true } }),
    nestedAll: () => db.query.users.findMany({ with: { items: true } }),
    nestedUnindexed: async () =>
      (await db.query.users.findMany({ with: { notes: true } })).map(
        ({ notes: items, ...user }) => ({ ...user, items }),
      ),
    page: (least) =>
      db.query.posts.findMany({
        where: (p, { gte }) => gte(p.likes, least),
        orderBy: (p) => p.likes,
        limit: 20,
      }),
    pageAfter: async (page) => (await next(cursors[page])).rows,
    end: () => db.destroy(),
  }
}
