import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, redisServer, temporaryFolder } from '@mizan/testing/resources'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { cache } from '../../test/people.ts'
import { call, send, silentLogger } from '../../test/send.ts'
import { type App, client, collect, createApp, defineContext, type PurgeOutbox } from '../index.ts'
import { RedisCache } from '../redis.ts'
import { Sweeper } from './sweeper.ts'

const path = '/api/mizan/ctx/notes/'
const dyingWriter = fileURLToPath(new URL('../../test/dying-writer.fixture.ts', import.meta.url))

// The machine's own Node may be 20, which has no node:sqlite; the pinned one has.
const sqlite = process.getBuiltinModule('node:sqlite')

test.skipIf(sqlite === undefined)(
  'what a process committed before it was killed is purged by another, without an answer ever',
  async () => {
    await using folder = await temporaryFolder()
    await using server = await redisServer()
    const file = join(folder.path, 'notes.sqlite')
    // By this clock whatever stands in the outbox is old enough.
    const { sqliteNotes } = await import('../../test/sqlite-notes.ts')
    const notes = sqliteNotes(file, { clock: () => Date.now() + 60_000 })
    const open = (): App =>
      createApp({
        functions: collect(...notes.functions),
        cache: { ...cache, store: new RedisCache(server.url), patience: 20_000 },
        plugins: [notes.plugin],
        logger: silentLogger(),
      })
    const read = async (app: App): Promise<unknown> => (await send(app, path)).json
    {
      await using app = open()
      expect((await call(app, 'write_note', { text: 'old' })).status).toBe(200)
      await eventually(async () => {
        await read(app)
        expect(app.cacheStats()?.hits).toBeGreaterThan(0)
      })
    }
    const writer = spawn(
      process.execPath,
      ['--conditions=@mizan/source', dyingWriter, file, String(server.port)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let errors = ''
    writer.stderr.on('data', (chunk) => (errors += String(chunk)))
    const [, signal] = await once(writer, 'close')
    expect([signal, errors]).toEqual(['SIGKILL', expect.not.stringContaining('rror')])
    // A new process looks into the outbox as soon as it has started.
    await using app = open()
    await app.start()
    await eventually(async () => expect(await read(app)).toEqual({ note: 'new' }))
    notes.close()
  },
)

test('a function without a transaction writes down its contexts before it runs, and settles them after', async () => {
  await using server = await redisServer()
  const client_ = new Redis(server.url)
  const store = new RedisCache(client_)
  await eventually(() => store.versions(['a']))
  const Counter = defineContext('counter')
  const seen: unknown[] = []
  const count = client({ context: Counter }, function count(): number {
    return 1
  })
  const add = client({ affects: Counter }, async function add(): Promise<void> {
    seen.push(await store.intents?.left({ age: 0, limit: 10 }))
  })
  await using app = createApp({
    functions: collect(count, add),
    cache: { ...cache, store, patience: 20_000 },
    logger: silentLogger(),
  })
  await call(app, 'add')
  expect(seen).toEqual([[{ id: expect.any(String), tags: ['counter'] }]])
  await eventually(async () => expect(await store.intents?.left({ age: 0, limit: 10 })).toEqual([]))
  client_.disconnect()
})

test('what cannot be carried out stays where it stands; a broken outbox keeps no other from being swept', async () => {
  const settled: string[] = []
  const good: PurgeOutbox = {
    name: 'good',
    left: async () => ['done', 'deferred'].map((id) => ({ id, tags: [id] })),
    settle: async (ids) => void settled.push(...ids),
  }
  const broken: PurgeOutbox = {
    name: 'broken',
    left: () => Promise.reject(new Error('no such table')),
    settle: () => Promise.reject(new Error('no such table')),
  }
  const logger = silentLogger()
  const sweeper = new Sweeper({
    outboxes: [broken, good],
    carryOut: async ({ id }) => id === 'done',
    logger,
  })
  await sweeper.sweep()
  expect(settled).toEqual(['done'])
  expect(logger.lines).toEqual(['an outbox could not be swept'])
  await sweeper.close()
})

test('a plugin stops when nobody looks into its outbox any more', async () => {
  const steps: string[] = []
  let look: (() => void) | undefined
  const looking = new Promise<void>((resolve) => (look = resolve))
  let isClosing = false
  const outbox: PurgeOutbox = {
    name: 'slow',
    async left() {
      look?.()
      while (!isClosing) await new Promise((resolve) => setImmediate(resolve))
      steps.push('looked')
      return []
    },
    settle: async () => undefined,
  }
  const app = createApp({
    functions: collect(),
    plugins: [{ name: 'slow', outbox, stop: async () => void steps.push('stopped') }],
    logger: silentLogger(),
  })
  await app.start()
  await looking
  const closed = app.close()
  isClosing = true
  await closed
  expect(steps).toEqual(['looked', 'stopped'])
})
