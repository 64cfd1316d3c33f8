/** A process that commits a note and is gone before it has purged: `dying-writer.fixture.ts <database> <redis>`. */

import { postgres } from '@mizan/db-postgres'
import { RedisCache } from '@mizan/server/redis'
import { cacheSecret, openNotes } from './notes-app.ts'

const [url = '', redis = ''] = process.argv.slice(2)
const { caller, database } = openNotes({
  dialect: postgres({ url }),
  cache: { secret: cacheSecret, store: new RedisCache(redis) },
})
database.on('commit', () => void process.kill(process.pid, 'SIGKILL'))
await caller.call('add', { list_id: 1, body: 'new' })
process.exitCode = 3
