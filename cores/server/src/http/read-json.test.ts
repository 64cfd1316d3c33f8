import type { ProtocolRequest, ProtocolResponse } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { identity } from '../../test/people.ts'
import { call, send, silentLogger } from '../../test/send.ts'
import { client, collect, createApp, type Fn, getRequest } from '../index.ts'

const raw = client({ name: 'raw' }, (text: string) =>
  getRequest()
    .text()
    .then((body) => [text, body]),
)
const given = client({ route: '/given/', name: 'given' }, function given(text: unknown): unknown {
  return new Response(JSON.stringify(text ?? null))
})
const hook = client({ route: '/hook/', name: 'hook' }, async function hook(): Promise<Response> {
  return new Response(JSON.stringify(await getRequest().json()))
})
const functions: readonly Fn[] = [raw, given, hook]
const json = { 'content-type': 'application/json' }

test('the bytes that a call was read from are still there for its function', async () => {
  await using mizan = createApp({ functions: collect(...functions) })
  const answer = await call(mizan, 'raw', { text: 'x' })
  expect(answer.json).toEqual({ result: ['x', '{"fn":"raw","args":{"text":"x"}}'] })
})

test.each<[string, string | Uint8Array, number]>([
  ['broken UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
  ['nesting', `{"text":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 400],
  ['no JSON', '{', 400],
  ['a fine one', '{"text":"x"}', 200],
])('the JSON body of a route meets the limits of a call: %s', async (_name, body, status) => {
  await using mizan = createApp({ functions: collect(...functions), logger: silentLogger() })
  const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
  const answer = await send(mizan, '/given/', { raw: body, headers })
  expect([answer.status, status === 200 ? answer.text : '"x"']).toEqual([status, '"x"'])
})

test('a body that was parsed before Mizan is what a route and getRequest().json() see', async () => {
  await using mizan = createApp({ functions: collect(...functions) })
  expect(await bodyOf(await mizan.handle(parsed('/given/', { text: 'x' }, json)))).toBe('"x"')
  expect(await bodyOf(await mizan.handle(parsed('/hook/', { a: 1 }, {})))).toBe('{"a":1}')
})

test('the form token is found in a form that was parsed before Mizan', async () => {
  await using mizan = createApp({ functions: collect(...functions), identity })
  const session = await send(mizan, '/api/mizan/session/')
  const { csrf } = session.json as { readonly csrf: string }
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    cookie: session.cookies[0]?.split(';')[0] ?? '',
  }
  for (const [form, status] of [
    [{ csrf }, 200],
    [{ csrf: [csrf, csrf] }, 403],
    [{}, 403],
    ['csrf', 403],
  ] as const) {
    expect(await statusOf(mizan.handle(parsed('/given/', form, headers)))).toBe(status)
  }
})

test('a form of no browser needs no token, because it brings no cookies', async () => {
  await using mizan = createApp({ functions: collect(...functions), identity })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const [headers, status] of [
    [form, 200],
    [{ ...form, origin: 'https://elsewhere.example' }, 403],
    [{ ...form, 'sec-fetch-site': 'same-origin' }, 403],
    [{ ...form, cookie: 'theme=dark' }, 403],
  ] as const) {
    expect(await statusOf(mizan.handle(parsed('/given/', {}, headers)))).toBe(status)
  }
})

test('a client that hangs up in its body is no failure of the server', async () => {
  const logger = silentLogger()
  await using mizan = createApp({ functions: collect(...functions), logger })
  const visitor = new AbortController()
  async function* half(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('{"fn"')
    visitor.abort()
    throw new Error('aborted')
  }
  const { status } = await mizan.handle({
    ...parsed('/api/mizan/call/', undefined, json),
    body: half(),
    signal: visitor.signal,
  })
  expect([status, logger.lines]).toEqual([400, []])
})

function parsed(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): ProtocolRequest {
  const { signal } = new AbortController()
  return { method: 'POST', path, query: '', headers, body: null, parsed: body, signal }
}

function bodyOf({ body }: ProtocolResponse): Promise<string> {
  return new Response(body as unknown as ReadableStream).text()
}

/** Of an answer that is read to its end: until then the app would not close. */
async function statusOf(answering: Promise<ProtocolResponse>): Promise<number> {
  const answer = await answering
  await bodyOf(answer)
  return answer.status
}
