/** Sessions behind a pooler that hands out server connections by transaction: nothing that is set in one stays with who set it. */

import { DbError } from '@mizan/db'
import pg, { type Client, type ClientBase } from 'pg'

/** A setting by its name, as it must be. */
export type Setting = readonly [name: string, value: string]

/** What poolers carry along with a client when it says so as it connects: PgBouncer's own list. */
const carried: ReadonlySet<string> = new Set([
  'TimeZone',
  'DateStyle',
  'standard_conforming_strings',
])

interface Startup {
  getStartupConf(): Readonly<Record<string, string>>
}

/** A client that says these settings one by one; a pooler refuses `options`, in which they travel otherwise. */
export function pooledClient(settings: readonly Setting[]): new (config?: string) => Client {
  const said = Object.fromEntries(settings.filter(([name]) => carried.has(name)))
  return class PooledClient extends pg.Client {
    getStartupConf(): Readonly<Record<string, string>> {
      const { getStartupConf } = pg.Client.prototype as unknown as Startup // cast: not in the types of pg
      return { ...getStartupConf.call(this), ...said }
    }
  }
}

/**
 * Asks the server for the settings that values are read by: all server connections of a pooler are of one role and database.
 *
 * @throws DbError `session_settings` naming what is otherwise.
 */
export async function assertSettings(
  client: ClientBase,
  settings: readonly Setting[],
): Promise<void> {
  const names = settings.map(([name]) => name)
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [names],
  )
  const found = new Map(rows.map(({ name, setting }) => [name, setting]))
  for (const [name, value] of settings) {
    const actual = found.get(name)
    // DateStyle: the second part is about what is read, not what is written.
    if (actual === value || actual?.split(',', 1)[0] === value) continue
    throw new DbError(
      'session_settings',
      `behind the pooler ${name} is "${actual}" and must be "${value}"; poolers carry no such setting, so give it to the role: alter role … set ${name} = '${value}'`,
    )
  }
}
