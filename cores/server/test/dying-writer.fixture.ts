/** A process that commits a note and is gone before it has purged: `node dying-writer.fixture.ts <file> <port of Redis>`. */

import { collect, createApp } from '../src/index.ts'
import { RedisCache } from '../src/redis.ts'
import { cache } from './people.ts'
import { call } from './send.ts'
import { sqliteNotes } from './sqlite-notes.ts'

const [file = '', port = ''] = process.argv.slice(2)
const notes = sqliteNotes(file, { committed: () => void process.kill(process.pid, 'SIGKILL') })
const app = createApp({
  functions: collect(...notes.functions),
  cache: { ...cache, store: new RedisCache(`redis://127.0.0.1:${port}`) },
  plugins: [notes.plugin],
})
await call(app, 'write_note', { text: 'new' })
process.exitCode = 3
