/** Knex: no nested rows of its own, so they are fetched by a second query. */

import knexOf from 'knex'
import type { Contestant } from './cases.ts'

interface Post {
  readonly id: number
  readonly userId: number
}

export function knexContestant(url: string): Contestant {
  const knex = knexOf({ client: 'pg', connection: url, pool: { max: 10 } })
  const columns = ['id', 'user_id as userId', 'title', 'likes']
  const attach = async (users: { id: number }[], children = 'posts'): Promise<object[]> => {
    const items: Post[] = await knex(children)
      .select(columns)
      .whereIn(
        'user_id',
        users.map((user) => user.id),
      )
      .orderBy('id')
    const byUser = new Map<number, Post[]>()
    for (const item of items) byUser.set(item.userId, [...(byUser.get(item.userId) ?? []), item])
    return users.map((user) => ({ ...user, items: byUser.get(user.id) ?? [] }))
  }
  return {
    name: 'knex',
    byKey: async (id) => knex('users').select('id', 'email', 'name', 'age').where({ id }).first(),
    insert: async (id) => knex('entries').insert({ user_id: id, title: 'An entry' }),
    nestedOne: async (id) =>
      (await attach(await knex('users').select('id', 'email', 'name', 'age').where({ id })))[0],
    nestedAll: async () =>
      attach(await knex('users').select('id', 'email', 'name', 'age').orderBy('id')),
    nestedUnindexed: async () =>
      attach(await knex('users').select('id', 'email', 'name', 'age').orderBy('id'), 'notes'),
    page: async (least) =>
      knex('posts')
        .select(columns)
        .where('likes', '>=', least)
        .orderBy('likes')
        .orderBy('id')
        .limit(20),
    end: () => knex.destroy(),
  }
}
