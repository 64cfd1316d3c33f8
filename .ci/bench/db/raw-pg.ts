/** `pg` as one would write it by hand: unnamed, and with named prepared statements. */

import pg from 'pg'
import { type Contestant, lastOfPage } from './cases.ts'

const byKey = 'select id, email, name, age from users where id = $1'
const insert = 'insert into entries (user_id, title) values ($1, $2)'
const nested = (children: string, where: string): string => `
  select u.id, u.email, u.name, u.age, coalesce(c.items, '[]') as items from users u
  left join lateral (
    select json_agg(json_build_object('id', p.id, 'userId', p.user_id, 'title', p.title, 'likes', p.likes) order by p.id) as items
    from ${children} p where p.user_id = u.id
  ) c on true ${where} order by u.id`
const page =
  'select id, user_id as "userId", title, likes from posts where likes >= $1 order by likes, id limit 20'
const pageAfter =
  'select id, user_id as "userId", title, likes from posts where (likes, id) > ($1, $2) order by likes, id limit 20'

export function pgContestants(url: string): Contestant[] {
  return [contestant(url, 'pg', () => undefined), contestant(url, 'pg, named', (name) => name)]
}

function contestant(
  url: string,
  name: string,
  nameOf: (name: string) => string | undefined,
): Contestant {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  const run = async (key: string, text: string, values: unknown[]): Promise<unknown[]> => {
    const named = nameOf(key)
    const { rows } = await pool.query(
      named === undefined ? { text, values } : { name: named, text, values },
    )
    return rows
  }
  return {
    name,
    byKey: async (id) => (await run('by_key', byKey, [id]))[0],
    insert: (id) => run('insert', insert, [id, 'An entry']),
    nestedOne: async (id) => (await run('nested_one', nested('posts', 'where u.id = $1'), [id]))[0],
    nestedAll: () => run('nested_all', nested('posts', ''), []),
    nestedUnindexed: () =>
      run(
        'nested_unindexed',
        `select u.id, u.email, u.name, u.age, coalesce(c.items, '[]') as items from users u left join (
          select p.user_id, json_agg(json_build_object('id', p.id, 'userId', p.user_id, 'title', p.title, 'likes', p.likes) order by p.id) as items
          from notes p group by p.user_id) c on c.user_id = u.id order by u.id`,
        [],
      ),
    page: (least) => run('page', page, [least]),
    pageAfter: (number) => {
      const { likes, id } = lastOfPage(number)
      return run('page_after', pageAfter, [likes, id])
    },
    end: () => pool.end(),
  }
}
