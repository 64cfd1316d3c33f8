import { expect, test } from 'vitest'
import { send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  type Fn,
  getPrincipal,
} from '../index.ts'
import { enter, cookieOf, identity } from '../../test/people.ts'

const News = defineContext('news')
const path = '/api/mizan/ctx/news/'

function app(...functions: readonly Fn[]): App {
  return createApp({ functions: collect(enter, ...functions), identity, logger: silentLogger() })
}

test('an instance that is asked for again is run again, for whoever asks', async () => {
  let runs = 0
  const headlines = client({ context: News }, function headlines(page: number): string {
    runs += 1
    return `${getPrincipal()?.id ?? 'nobody'} reads ${page}`
  })
  await using mizan = app(headlines)
  const cookie = await cookieOf(mizan, 'ada')
  const asAda = await send(mizan, `${path}?page=1`, { headers: { cookie } })
  expect(asAda.json).toEqual({ headlines: 'ada reads 1' })
  expect((await send(mizan, `${path}?page=1`)).json).toEqual({ headlines: 'nobody reads 1' })
  expect((await send(mizan, `${path}?page=2`)).json).toEqual({ headlines: 'nobody reads 2' })
  expect(runs).toBe(3)
})

test('a function that changes its argument changes nothing for the next run', async () => {
  const headlines = client({ context: News }, function headlines(pages: number[]): number {
    pages.push(9)
    return pages.length
  })
  await using mizan = app(headlines)
  for (const round of ['first', 'second', 'third']) {
    const { json } = await send(mizan, `${path}?pages=%5B1%5D`)
    expect(json, round).toEqual({ headlines: 2 })
  }
})

test('another spelling is refused, however often the right one was asked for', async () => {
  const headlines = client({ context: News }, function headlines(page: number): number {
    return page
  })
  await using mizan = app(headlines)
  expect((await send(mizan, `${path}?page=5`)).status).toBe(200)
  for (const query of ['page=05', 'page=5&page=5', 'page=x']) {
    for (const round of ['first', 'second']) {
      expect((await send(mizan, `${path}?${query}`)).status, `${query}, ${round}`).not.toBe(200)
    }
  }
})

test('answers are right when more instances were asked for than are remembered', async () => {
  const headlines = client({ context: News }, function headlines(page: number): number {
    return page
  })
  await using mizan = app(headlines)
  for (const round of ['first', 'second']) {
    for (let page = 0; page < 600; page += 1) {
      const { json, headers } = await send(mizan, `${path}?page=${page}`)
      expect(json, round).toEqual({ headlines: page })
      expect(headers.get('x-mizan-cache')).toContain(`tags=news+news%3Bpage%3D${page};`)
    }
  }
})

test('the ETag of an instance follows its body', async () => {
  let body = 'a'
  const headlines = client({ context: News }, function headlines(): string {
    return body
  })
  await using mizan = app(headlines)
  const tagOf = async (): Promise<string | undefined> =>
    (await send(mizan, path)).headers.get('etag')
  const first = await tagOf()
  expect(await tagOf()).toBe(first)
  body = 'b'
  expect(await tagOf()).not.toBe(first)
  body = 'a'
  expect(await tagOf()).toBe(first)
})
