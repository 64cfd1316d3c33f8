import { MizanError } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { cache, cookieOf, enter, identity } from '../../test/people.ts'
import { send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  defineError,
  type Fn,
  getSignal,
} from '../index.ts'

const News = defineContext('news')
const path = '/api/mizan/ctx/news/'

function app(...functions: readonly Fn[]): App {
  return createApp({
    functions: collect(enter, ...functions),
    cache,
    identity,
    logger: silentLogger(),
  })
}

test('a guarded context is announced as private, on a miss as on a hit', async () => {
  const headlines = client({ context: News, auth: true }, function headlines(): number {
    return 1
  })
  await using mizan = app(headlines)
  const cookie = await cookieOf(mizan, 'ada')
  for (const outcome of ['miss', 'hit']) {
    const { headers } = await send(mizan, path, { headers: { cookie } })
    expect(headers.get('x-mizan-cache'), outcome).toMatch(/^private; /)
  }
})

test('a context with a param named user_id is announced as private, given or absent', async () => {
  const headlines = client({ context: News }, function headlines(userId = 'all'): string {
    return userId
  })
  await using mizan = app(headlines)
  for (const query of ['', '?user_id=%22ada%22']) {
    const { headers } = await send(mizan, path + query)
    expect(headers.get('x-mizan-cache'), query).toMatch(/^private; /)
  }
})

test('a guard speaks before anything is said of params', async () => {
  const headlines = client({ context: News, auth: true }, function headlines(page: number): number {
    return page
  })
  await using mizan = app(headlines)
  const misspelt = await send(mizan, `${path}?page=05`)
  expect([misspelt.status, misspelt.text]).toEqual([401, expect.not.stringContaining('page')])
  const broken = await send(mizan, path, { method: 'QUERY', raw: '{' })
  expect(broken.status).toBe(401)
})

test('what a function cut short because its client left is kept for nobody', async () => {
  const visitor = new AbortController()
  let runs = 0
  const headlines = client({ context: News }, function headlines(): string {
    runs += 1
    // The visitor leaves in the middle of the first run.
    if (runs === 1) visitor.abort()
    return getSignal().aborted ? 'half' : 'whole'
  })
  await using mizan = app(headlines)
  const request = { method: 'GET', path, query: '', headers: {}, body: null }
  await mizan.handle({ ...request, signal: visitor.signal })
  expect((await send(mizan, path)).json).toEqual({ headlines: 'whole' })
})

test('a member whose result has no wire form fails the request by its name', async () => {
  const headlines = client({ context: News }, function headlines(): bigint {
    return 5n
  })
  await using mizan = app(headlines)
  const answer = await send(mizan, path)
  expect(answer.status).toBe(500)
  expect(answer.json).toMatchObject({ error: { code: 'INTERNAL', details: { fn: 'headlines' } } })
})

test('details of a failing member that are a list stay a list', async () => {
  const Several = defineError<'SEVERAL', readonly number[]>('SEVERAL', { status: 409 })
  const headlines = client({ context: News }, function headlines(kind: string): never {
    if (kind === 'own') throw new Several([1, 2])
    throw new MizanError('CONFLICT', 'taken', { details: { by: 'ada' } })
  })
  await using mizan = app(headlines)
  const own = await send(mizan, `${path}?kind=%22own%22`)
  expect(own.json).toMatchObject({ error: { code: 'SEVERAL', details: [1, 2] } })
  const other = await send(mizan, path)
  expect(other.json).toMatchObject({ error: { details: { by: 'ada', fn: 'headlines' } } })
})

test('a param that has no text is VALIDATION_FAILED with the list that this code has', async () => {
  const headlines = client({ context: News }, function headlines(page: string): string {
    return page
  })
  await using mizan = app(headlines)
  const answer = await send(mizan, path, { method: 'QUERY', raw: '{"page":"\\ud800"}' })
  expect(answer.status).toBe(422)
  expect(answer.json).toMatchObject({
    error: { code: 'VALIDATION_FAILED', details: [{ path: 'page' }] },
  })
})
