import { type PushBody, verifyPush } from '@mizan/protocol'
import { eventually, nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { cache, cookieOf, enter, identity } from '../../test/people.ts'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  type AppOptions,
  client,
  collect,
  createApp,
  createEdgePurger,
  currentScope,
  defineContext,
  getPrincipal,
  invalidate,
  MemoryCache,
  type PurgeBatch,
  PurgeInterrupted,
  type Purger,
} from '../index.ts'
import { RedisCache } from '../redis.ts'
import { PushQueue } from './push-queue.ts'

const News = defineContext('news')
const headline = client({ context: News }, function headline(topic: string): string {
  if (topic === 'mine') return getPrincipal()?.id ?? 'nobody'
  currentScope()?.observeRead('articles')
  return topic
})
const publish = client({ affects: News }, function publish(topic: string): string {
  currentScope()?.observeWrite('articles')
  return topic
})
const rename = client({ affects: News }, function rename(topic: string): string {
  return topic
})
const renameMany = client({ affects: News }, function renameMany(topics: string[]): void {
  for (const topic of topics) invalidate(News, { topic })
})

function app(options: Partial<AppOptions> = {}): App {
  return createApp({
    functions: collect(enter, headline, publish, rename, renameMany),
    cache,
    identity,
    logger: silentLogger(),
    ...options,
  })
}

/** Without types params are JSON. */
const about = (topic: string): string => `/api/mizan/ctx/news/?topic=%22${topic}%22`
const cdn: Purger = { name: 'cdn', tagHeader: 'Surrogate-Key', purge: async () => undefined }
const quoted = (header = ''): string[] => header.split(', ').map((part) => part.slice(1, -1))

test('a public answer tells CDNs its time and groups when a purger is configured', async () => {
  await using mizan = app({ purgers: [cdn, { ...cdn, name: 'other', tagHeader: 'Cache-Tag' }] })
  const { headers } = await send(mizan, about('sports'))
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('cdn-cache-control')).toBe('public, max-age=86400')
  const groups = quoted(headers.get('cache-groups'))
  expect(groups).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f]{32}$/)))
  expect(headers.get('surrogate-key')).toBe(groups.join(' '))
  expect(headers.get('cache-tag')).toBe(groups.join(','))
})

test('without a purger, for private answers, with a cookie and for other origins it tells them nothing', async () => {
  const cdnHeaders = ['cdn-cache-control', 'cache-groups', 'surrogate-key', 'cache-tag']
  const told = (answer: { headers: ReadonlyMap<string, string> }): string[] =>
    cdnHeaders.filter((name) => answer.headers.has(name))
  await using alone = app()
  expect(told(await send(alone, about('sports')))).toEqual([])
  await using mizan = app({ purgers: [cdn] })
  expect(told(await send(mizan, about('mine')))).toEqual([])
  const foreign = { origin: 'https://elsewhere.example' }
  expect(told(await send(mizan, about('sports'), { headers: foreign }))).toEqual([])
  const worthless = { cookie: `${(await cookieOf(mizan, 'ada')).slice(0, -4)}AAAA` }
  expect(told(await send(mizan, about('sports'), { headers: worthless }))).toEqual([])
})

test('a mutation invalidates the groups of the answers that it ends, and of no others', async () => {
  await using mizan = app({ purgers: [cdn] })
  const groupsOf = async (topic: string): Promise<string[]> =>
    quoted((await send(mizan, about(topic))).headers.get('cache-groups'))
  const ended = async (fn: string, args: unknown): Promise<ReadonlySet<string>> =>
    new Set(quoted((await call(mizan, fn, args)).headers.get('cache-group-invalidation')))
  const [sports, arts] = [await groupsOf('sports'), await groupsOf('arts')]
  const scoped = await ended('rename', { topic: 'sports' })
  expect(sports.some((group) => scoped.has(group))).toBe(true)
  expect(arts.some((group) => scoped.has(group))).toBe(false)
  const written = await ended('publish', { topic: 'none' })
  for (const groups of [sports, arts]) expect(groups.some((group) => written.has(group))).toBe(true)
  const many = await ended('rename_many', {
    topics: Array.from({ length: 200 }, (_, i) => `t${i}`),
  })
  expect(many.size).toBe(1)
  for (const groups of [sports, arts]) expect(groups.some((group) => many.has(group))).toBe(true)
})

test('every invalidation is pushed, one batch after the other, until it is understood', async () => {
  const batches: PurgeBatch[] = []
  let fails = 2
  let under = 0
  const purger: Purger = {
    name: 'flaky',
    async purge(batch) {
      expect(++under).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      under--
      if (fails-- > 0) throw new Error('unreachable')
      batches.push(batch)
    },
  }
  const logger = silentLogger()
  await using mizan = app({ purgers: [purger], logger })
  for (const topic of ['sports', 'arts', 'sports']) await call(mizan, 'rename', { topic })
  await mizan.call(publish, ['job'])
  await eventually(() => expect(batches.flatMap(({ targets }) => targets)).toHaveLength(3))
  expect(batches.flatMap(({ targets }) => targets)).toEqual(
    ['"sports"', '"arts"', '"job"'].map((topic) => ({ context: 'news', params: { topic } })),
  )
  expect(batches.at(-1)?.changed).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
  expect(logger.lines).toEqual(Array(2).fill('a purger was not reached; it is told again'))
})

test('what waits for a purger that stays away is bounded: it widens to contexts and tables', async () => {
  const batches: PurgeBatch[] = []
  let isAway = true
  const purger: Purger = {
    name: 'away',
    async purge(batch) {
      if (isAway) throw new Error('unreachable')
      batches.push(batch)
    },
  }
  const toBatch = ({
    targets,
    writes,
  }: {
    targets: PurgeBatch['targets']
    writes: readonly string[]
  }): PurgeBatch => ({
    targets,
    changed: writes,
    groups: [],
  })
  const queue = new PushQueue({ purger, toBatch, logger: silentLogger() })
  for (let id = 0; id < 5000; id++) {
    void queue.push({
      targets: [{ context: 'news', params: { id } }],
      writes: ['articles', `articles:id=${id}`],
    })
  }
  isAway = false
  await queue.close()
  const targets = batches.flatMap((batch) => batch.targets)
  expect(targets).toContainEqual({ context: 'news' })
  expect(targets.length).toBeLessThan(1100)
  expect(batches.flatMap(({ changed }) => changed)).toContain('articles:*')
})

test('who understood a part is told the rest, and once more what went stale again', async () => {
  const told: string[][] = []
  let isFull = true
  const stale = (topic: string) => ({
    targets: [{ context: 'news', params: { topic } }],
    writes: [],
  })
  const purger: Purger = {
    name: 'full',
    async purge({ groups }) {
      told.push([...groups])
      if (!isFull) return
      isFull = false
      void queue.push(stale('b'))
      void queue.push(stale('d'))
      throw new PurgeInterrupted('full', { cause: 429, done: ['a', 'b'] })
    },
  }
  const queue: PushQueue = new PushQueue({
    purger,
    toBatch: ({ targets }) => ({
      targets,
      changed: [],
      groups: targets.map(({ params }) => String(params?.['topic'])),
    }),
    logger: silentLogger(),
  })
  await Promise.all(['a', 'b', 'c'].map((topic) => queue.push(stale(topic))))
  await queue.close()
  expect(told.flat().sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'd'].sort())
})

test('of an answer with more tags than a holder keeps, whole tables are told; of more even so, nothing', async () => {
  const many = client({ context: News }, function many(topic: string): string {
    for (let id = 0; id < 40; id++) currentScope()?.observeRead(`articles:id=${id}`)
    return topic
  })
  const edit = client(function edit(id: number): void {
    for (const tag of ['articles', `articles:id=${id}`]) currentScope()?.observeWrite(tag)
  })
  const told = async (maximumTags: number): Promise<string[]> => {
    const purgers = [{ ...cdn, maximumTags }]
    await using mizan = app({ functions: collect(edit, many), purgers })
    const { headers } = await send(mizan, about('sports'))
    expect(headers.has('cdn-cache-control')).toBe(headers.has('surrogate-key'))
    const groups = quoted(headers.get('cache-groups')).filter((group) => group !== '')
    if (groups.length > 0) {
      const written = await call(mizan, 'edit', { id: 39 })
      const ended = quoted(written.headers.get('cache-group-invalidation'))
      expect(groups.some((group) => ended.includes(group))).toBe(true)
    }
    return groups
  }
  expect(await told(50)).toHaveLength(42)
  expect(await told(20)).toHaveLength(3)
  expect(await told(2)).toEqual([])
})

test('two purgers of one name stop the boot', () => {
  expect(() => app({ purgers: [cdn, cdn] })).toThrow('two purgers are named "cdn"')
})

test('an edge is told in a signed request', async () => {
  const secret = 'a-push-secret-of-at-least-32-bytes!!'
  const pushes: { url: string | undefined; header: string; body: string }[] = []
  await using edge = await nodeServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      pushes.push({ url: request.url, header: String(request.headers['x-mizan-signature']), body })
      response.writeHead(204).end()
    })
  })
  await using mizan = app({
    purgers: [createEdgePurger({ url: `${edge.url}/api/mizan`, secret })],
  })
  await mizan.call(publish, ['sports'])
  await eventually(() => expect(pushes).toHaveLength(1))
  const [{ url, header, body } = { url: '', header: '', body: '' }] = pushes
  expect(url).toBe('/api/mizan/purge/')
  expect(await verifyPush(secret, { header, body, now: Date.now() })).toBe('ok')
  const { invalidate: targets, changed } = JSON.parse(body) as PushBody
  expect(targets).toEqual([{ context: 'news', params: { topic: '"sports"' } }])
  expect(changed).toHaveLength(1)
  expect(() => createEdgePurger({ url: 'https://x.example', secret: 'short' })).toThrow(TypeError)
})

test('what is missing turns caching off with one warning at start', async () => {
  for (const [options, store] of [
    [{ secret: undefined }, undefined],
    [{ secret: '' }, undefined],
    [cache, new RedisCache(undefined)],
  ] as const) {
    const logger = silentLogger()
    await using mizan = app({ logger, cache: { ...options, ...(store ? { store } : {}) } })
    for (let round = 0; round < 3; round++) {
      const answer = await send(mizan, about('mine'))
      expect(answer.json).toEqual({ headline: 'nobody' })
    }
    expect(logger.lines).toEqual(['nothing is cached at the origin'])
    expect(mizan.cacheStats()).toBeUndefined()
  }
  await using cached = app({ cache: { ...cache, store: new MemoryCache() } })
  await send(cached, about('mine'))
  expect(cached.cacheStats()).toMatchObject({ misses: 1 })
})
