import type { ProtocolResponse } from '@mizan/protocol'
import { client, collect, createApp, defineContext, view } from '@mizan/server'
import { expect, test } from 'vitest'
import {
  type RendererOptions,
  renderPage,
  type RenderPageOptions,
  ssrPlugin,
  streamPage,
} from './index.ts'

const User = defineContext('user')
const hostile = '</script><script>alert(1)</script>\u2028<!--'
let reads = 0
const userProfile = client({ context: User }, function userProfile(userId: number) {
  reads += 1
  return { name: `${hostile} ${userId}`, friendId: null }
})
let options: RenderPageOptions = {}
const profile = client(
  { context: User, route: '/people/:userId/' },
  function profile(userId: number) {
    return renderPage('ProfilePage', [[User, { userId }]], { props: { userId }, ...options })
  },
)
const missing = client({ context: User, route: '/missing/' }, async function missing() {
  return view(await renderPage('Missing').then((response) => response.text()))
})

const plugins = (more: Partial<RendererOptions> = {}) => [
  ssrPlugin({
    worker: new URL('../test/pages.worker.tsx', import.meta.url),
    flags: ['--conditions=@mizan/source'],
    processes: 1,
    onOutput: () => undefined,
    // What the page does not start with it would ask for here, where nobody is.
    origin: 'http://127.0.0.1:9',
    ...more,
  }),
]

async function textOf(body: ProtocolResponse['body']): Promise<string> {
  if (body === null || typeof body === 'string') return body ?? ''
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('a page starts with its contexts, so that neither worker nor browser asks for them', async () => {
  const lines: unknown[] = []
  const note = (facts: unknown): void => void lines.push(facts)
  const logger = { info: note, warn: note, error: note }
  await using app = createApp({
    functions: collect(userProfile, profile, missing),
    plugins: plugins(),
    logger,
  })
  const get = async (path: string) => {
    const { signal } = new AbortController()
    const response = await app.handle({
      method: 'GET',
      path,
      query: '',
      headers: {},
      body: null,
      signal,
    })
    return {
      ...response,
      text: await textOf(response.body),
      policy: new Map(response.headers).get('x-mizan-cache'),
    }
  }
  options = {
    title: hostile,
    meta: [{ name: 'description', content: hostile }],
    scripts: ['/a.js'],
  }
  const before = reads
  const page = await get('/people/5/')
  expect([page.status, reads]).toEqual([200, before + 1])
  const [, json = ''] = /id="mizan-state">(.*?)<\/script>/s.exec(page.text) ?? []
  const state = JSON.parse(json) as { contexts: { key: string; data: object }[] } // cast: as dehydrated
  expect(state.contexts).toHaveLength(1)
  expect(state.contexts[0]?.key).toBe(`${app.artifact.digest}/user?user_id=5`)
  expect(state.contexts[0]?.data).toEqual({
    user_profile: { name: `${hostile} 5`, friendId: null },
  })
  expect(page.text.split('<script')).toHaveLength(3)
  expect(page.text).not.toContain('\u2028<!--5')
  // Whose page it is is said as of the context; one with a nonce is for one answer.
  expect(page.policy).toMatch(/^private; /)
  options = { nonce: 'abc', scripts: ['/a.js'] }
  const withNonce = await get('/people/5/')
  expect(withNonce.text).toContain('<script type="module" src="/a.js" nonce="abc"></script>')
  expect(withNonce.policy).toBeUndefined()
  expect((await get('/missing/')).status).toBe(500)
})

const streamed = client({ route: '/streamed/', methods: ['GET'] }, function streamed() {
  return streamPage('Streamed', [[User, { userId: 7 }]], {
    props: { text: hostile },
    title: 'Streamed',
    scripts: ['/a.js'],
    nonce: 'abc',
  })
})
const failing = client({ route: '/failing/', methods: ['GET'] }, function failing() {
  return streamPage('Throwing')
})

test.each([
  [
    'development',
    /<h1>Something went wrong on the server<.*<pre>RenderError: .*no luck.*at Throwing/s,
  ],
  ['production', /<h1>Something went wrong on the server<.*<code>/s],
])('a page that fails shows a browser in %s what it may know', async (mode, shown) => {
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const broken = client({ route: '/broken/', methods: ['GET'] }, function broken(streams: boolean) {
    return (streams ? streamPage : renderPage)('Outer', [], { props: { text: 'luck' } })
  })
  await using app = createApp({
    functions: collect(broken),
    plugins: plugins({ environment: { NODE_ENV: mode } }),
    logger,
  })
  for (const streams of [false, true]) {
    const { status, headers, body } = await app.handle({
      method: 'GET',
      path: '/broken/',
      query: `streams=${streams}`,
      headers: { accept: 'text/html' },
      body: null,
      signal: new AbortController().signal,
    })
    expect([status, new Map(headers).get('content-type')]).toEqual([
      500,
      'text/html; charset=utf-8',
    ])
    const text = await textOf(body)
    expect(text).toMatch(shown)
    expect(text.includes('luck')).toBe(mode === 'development')
  }
})

test('a page that comes piece by piece is one document, and is taken over before its end', async () => {
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const functions = collect(userProfile, streamed, failing)
  await using app = createApp({ functions, plugins: plugins(), logger })
  await app.start()
  const get = (path: string) =>
    app.handle({
      method: 'GET',
      path,
      query: '',
      headers: {},
      body: null,
      signal: new AbortController().signal,
    })
  const { status, headers, body } = await get('/streamed/')
  expect(status).toBe(200)
  expect(new Map(headers).get('content-type')).toBe('text/html; charset=utf-8')
  expect(new Map(headers).has('x-mizan-cache')).toBe(false)
  const text = await textOf(body)
  const at = (part: string): number => text.indexOf(part)
  expect(text).toMatch(/^<!doctype html>.*<title>Streamed<\/title>/s)
  expect(text).toMatch(/<\/html>\n$/)
  const order = ['<h1>&lt;/script&gt;', 'id="mizan-state"', 'src="/a.js"', '<b>late</b>'].map(at)
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(order).not.toContain(-1)
  expect(text).not.toContain('<script>alert')
  expect(text.match(/<script(?! type="application\/json")[^>]*>/g)).toSatisfy((scripts: string[]) =>
    scripts.every((script) => script.includes('nonce="abc"')),
  )
  expect((await get('/failing/')).status).toBe(500)
})
