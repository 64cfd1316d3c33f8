/** A process that commits a note and is gone before it has purged: `dying-writer.fixture.ts <database> <redis> <list> <how>`. */

import { postgres } from '@mizan/db-postgres'
import { RedisCache } from '@mizan/server/redis'
import { sql } from 'kysely'
import { cacheSecret, notes, openNotes } from './notes-app.ts'

const [url = '', redis = '', list = '', how = ''] = process.argv.slice(2)
const { app, caller, database } = openNotes({
  dialect: postgres({ url }),
  cache: { secret: cacheSecret, store: new RedisCache(redis) },
})
const note = { listId: Number(list), body: 'new' }
const ways = new Map<string, () => Promise<unknown>>([
  ['in a transaction', () => caller.call('add', { list_id: note.listId, body: note.body })],
  [
    'in a single statement',
    () => caller.call('add_apart', { list_id: note.listId, body: note.body }),
  ],
  ['outside of runs', () => database.insert(notes).values(note).execute()],
  [
    'by hand',
    () =>
      sql`insert into notes (list_id, body) values (${note.listId}, ${note.body})`.execute(
        database,
      ),
  ],
  // What stands in a block may commit by itself, and is noted before.
  [
    'in a block',
    () =>
      sql
        .raw(`do $$ begin insert into notes (list_id, body) values (${note.listId}, 'new'); end $$`)
        .execute(database),
  ],
  // It goes on in the server until somebody gives the lock away, whatever becomes of this process.
  [
    'in a long block',
    () =>
      sql
        .raw(
          `do $$ begin insert into notes (list_id, body) values (${note.listId}, 'new'); perform pg_advisory_xact_lock(${note.listId}); end $$`,
        )
        .execute(database),
  ],
])
await app.start()
database.on('commit', () => void process.kill(process.pid, 'SIGKILL'))
await ways.get(how)?.()
process.exitCode = 3
