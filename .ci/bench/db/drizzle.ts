/** Drizzle, as it comes and with prepared statements. */

import { asc, eq, gte, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'
import pg from 'pg'
import type { Contestant } from './cases.ts'

const users = pgTable('users', {
  id: integer('id').primaryKey(),
  email: varchar('email', { length: 120 }).notNull(),
  name: varchar('name', { length: 120 }).notNull(),
  age: integer('age').notNull(),
})
const posts = pgTable('posts', {
  id: integer('id').primaryKey(),
  userId: integer('user_id').notNull(),
  title: text('title').notNull(),
  likes: integer('likes').notNull(),
})
const notes = pgTable('notes', {
  id: integer('id').primaryKey(),
  userId: integer('user_id').notNull(),
  title: text('title').notNull(),
  likes: integer('likes').notNull(),
})
const entries = pgTable('entries', {
  id: serial('id').primaryKey(),
  userId: integer('user_id').notNull(),
  title: text('title').notNull(),
})
const userRelations = relations(users, ({ many }) => ({
  items: many(posts),
  notes: many(notes),
}))
const postRelations = relations(posts, ({ one }) => ({
  user: one(users, { fields: [posts.userId], references: [users.id] }),
}))
const noteRelations = relations(notes, ({ one }) => ({
  user: one(users, { fields: [notes.userId], references: [users.id] }),
}))
const schema = { users, posts, notes, entries, userRelations, postRelations, noteRelations }

export function drizzleContestants(url: string): Contestant[] {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  const db = drizzle(pool, { schema })
  const byKey = (id: number | ReturnType<typeof sql.placeholder>) =>
    db.select().from(users).where(eq(users.id, id))
  const nested = (id: number | ReturnType<typeof sql.placeholder>) =>
    db.query.users.findFirst({
      where: eq(users.id, id),
      with: { items: { orderBy: asc(posts.id) } },
    })
  const nestedAll = () =>
    db.query.users.findMany({ orderBy: asc(users.id), with: { items: { orderBy: asc(posts.id) } } })
  const unindexed = () =>
    db.query.users.findMany({ orderBy: asc(users.id), with: { notes: { orderBy: asc(notes.id) } } })
  const page = (least: number | ReturnType<typeof sql.placeholder>) =>
    db.select().from(posts).where(gte(posts.likes, least)).orderBy(posts.likes, posts.id).limit(20)
  const id = sql.placeholder('id')
  const prepared = {
    byKey: byKey(id).prepare('d_by_key'),
    insert: db.insert(entries).values({ userId: id, title: 'An entry' }).prepare('d_insert'),
    nested: nested(id).prepare('d_nested'),
    nestedAll: nestedAll().prepare('d_nested_all'),
    unindexed: unindexed().prepare('d_unindexed'),
    page: page(id).prepare('d_page'),
  }
  return [
    {
      name: 'drizzle',
      byKey: async (one) => (await byKey(one))[0],
      insert: (userId) => db.insert(entries).values({ userId, title: 'An entry' }),
      nestedOne: (one) => nested(one),
      nestedAll,
      nestedUnindexed: async () => (await unindexed()).map(withItems),
      page: (least) => page(least),
      end: async () => undefined,
    },
    {
      name: 'drizzle, prepared',
      byKey: async (one) => (await prepared.byKey.execute({ id: one }))[0],
      insert: (one) => prepared.insert.execute({ id: one }),
      nestedOne: (one) => prepared.nested.execute({ id: one }),
      nestedAll: () => prepared.nestedAll.execute(),
      nestedUnindexed: async () => (await prepared.unindexed.execute()).map(withItems),
      page: (one) => prepared.page.execute({ id: one }),
      end: () => pool.end(),
    },
  ]
}

function withItems<User extends { readonly notes: unknown }>({ notes: items, ...user }: User) {
  return { ...user, items }
}
