import { mizan } from '@mizan/node'
import { toManifest } from '@mizan/protocol'
import { client, collect, createApp, defineContext, getPrincipal } from '@mizan/server'
import { expect, test } from 'vitest'
import { createHarness } from '../test/harness.ts'

const ArticleContext = defineContext('article')
const GreetingContext = defineContext('greeting')
const titles = new Map<unknown, string>()

class Articles {
  @client({ context: ArticleContext, cache: { ttl: 60 } })
  articleTitle(articleId: number): string {
    return titles.get(articleId) ?? 'untitled'
  }

  @client({ affects: ArticleContext })
  renameArticle(articleId: number, title: string): void {
    titles.set(articleId, title)
  }

  @client({ affects: ArticleContext })
  forgetTitles(): void {
    titles.clear()
  }

  @client({ context: GreetingContext })
  greeting(): string {
    return `hello ${getPrincipal()?.id ?? 'stranger'}`
  }
}

test('a Mizan server and the edge agree on policies, tags and targets', async () => {
  await using app = createApp({ functions: collect(Articles) })
  await app.start()
  await using harness = await createHarness(toManifest(app.artifact))
  harness.answer(mizan(app))

  const read = async (id: number) => {
    const response = await fetch(`${harness.url}/api/mizan/ctx/article/?article_id=${id}`)
    // cast: the context has this one member
    const { article_title: title } = (await response.json()) as { article_title: string }
    return `${response.headers.get('x-mizan-edge')} ${title}`
  }
  const call = async (fn: string, args: object) => {
    const body = JSON.stringify({ fn, args })
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', body, headers }
    expect((await fetch(`${harness.url}/api/mizan/call/`, init)).status).toBe(200)
  }

  expect([await read(1), await read(2)]).toEqual(['miss untitled', 'miss untitled'])
  expect([await read(1), await read(2)]).toEqual(['hit untitled', 'hit untitled'])
  await call('rename_article', { article_id: 1, title: 'One' })
  expect([await read(1), await read(2)]).toEqual(['miss One', 'hit untitled'])
  await call('forget_titles', {})
  expect([await read(1), await read(2)]).toEqual(['miss untitled', 'miss untitled'])

  for (let count = 0; count < 2; count += 1) {
    const response = await fetch(`${harness.url}/api/mizan/ctx/greeting/`)
    expect(await response.json()).toEqual({ greeting: 'hello stranger' })
    expect(response.headers.get('x-mizan-edge')).toBe('miss')
  }
})
