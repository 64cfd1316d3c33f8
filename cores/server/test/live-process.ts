/** Another process of the app of a test: shows item 6, renames item 5, and prints each frame that its client gets. */

import { liveApp } from './live-app.ts'
import { call } from './send.ts'
import { connect } from './socket.ts'
import { RedisBus } from '../src/redis.ts'

const [redis = '', prefix = ''] = process.argv.slice(2)
const app = liveApp({ live: { bus: new RedisBus({ redis, prefix }) } })
await app.start()
const socket = await connect(app)
const print = (frame: unknown): void => void process.stdout.write(`${JSON.stringify(frame)}\n`)
print(await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 6 } } }))
await call(app, 'rename', { item_id: 5, name: 'Pen' })
for (;;) print(await socket.next())
