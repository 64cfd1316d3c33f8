/** Kysely as it comes. */

import { Kysely, PostgresDialect } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import pg from 'pg'
import { type Contestant, lastOfPage } from './cases.ts'

interface Post {
  id: number
  user_id: number
  title: string
  likes: number
}

interface Tables {
  users: { id: number; email: string; name: string; age: number }
  posts: Post
  notes: Post
  entries: { user_id: number; title: string }
}

export function kyselyContestant(url: string): Contestant {
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 10 }) }),
  })
  const nested = (children: 'posts' | 'notes') =>
    db
      .selectFrom('users')
      .select((eb) => [
        'id',
        'email',
        'name',
        'age',
        jsonArrayFrom(
          eb
            .selectFrom(children)
            .select(['id', 'user_id as userId', 'title', 'likes'])
            .whereRef('user_id', '=', 'users.id')
            .orderBy('id'),
        ).as('items'),
      ])
      .orderBy('users.id')
  return {
    name: 'kysely',
    byKey: (id) =>
      db
        .selectFrom('users')
        .select(['id', 'email', 'name', 'age'])
        .where('id', '=', id)
        .executeTakeFirst(),
    insert: (user_id) => db.insertInto('entries').values({ user_id, title: 'An entry' }).execute(),
    nestedOne: (id) => nested('posts').where('users.id', '=', id).executeTakeFirst(),
    nestedAll: () => nested('posts').execute(),
    nestedUnindexed: () => nested('notes').execute(),
    page: (least) =>
      db
        .selectFrom('posts')
        .select(['id', 'user_id as userId', 'title', 'likes'])
        .where('likes', '>=', least)
        .orderBy('likes')
        .orderBy('id')
        .limit(20)
        .execute(),
    pageAfter: (page) => {
      const { likes, id } = lastOfPage(page)
      return db
        .selectFrom('posts')
        .select(['id', 'user_id as userId', 'title', 'likes'])
        .where((eb) => eb(eb.refTuple('likes', 'id'), '>', eb.tuple(likes, id)))
        .orderBy('likes')
        .orderBy('id')
        .limit(20)
        .execute()
    },
    end: () => db.destroy(),
  }
}
