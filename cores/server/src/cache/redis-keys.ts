/** Where entries and tags stand in Redis: what belongs together shares a hash tag, and so a node of a cluster. */

import { createHash } from 'node:crypto'

/** A longer name is kept as its digest. */
const longestName = 256

/**
 * The Redis key of an entry or tag: `mizan:{ctx:user}:<hex>` for an entry of the context `user`, `mizan:{ctx:user}` and
 * `mizan:{ctx:user};user_id=5` for its tags, `mizan:{db:tasks}:id=5` for tags of a table.
 */
export function toRedisKey(prefix: string, name: string): string {
  const group = groupOf(name)
  const rest = name.startsWith(group) ? name.slice(group.length) : name.slice(group.length - 4)
  const short =
    rest.length <= longestName ? rest : `#${createHash('sha256').update(rest).digest('hex')}`
  return `${prefix}{${group}}${short}`
}

/** Names of one group live on one node: `ctx:user` for `user;user_id=5` and `ctx:user:<hex>`, `db:tasks` for `db:tasks:id=5`. */
export function groupOf(name: string): string {
  if (name.startsWith('db:') || name.startsWith('ctx:')) {
    return name.split(':', 2).join(':')
  }
  return `ctx:${name.split(';', 1)[0] ?? name}`
}
