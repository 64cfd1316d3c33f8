import { MizanError } from '@mizan/protocol'
import { describe, expect, test } from 'vitest'
import { send, silentLogger } from '../../test/send.ts'
import { type App, client, collect, createApp, type ErrorPage } from '../index.ts'

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

function app(thrown: unknown, errorPage?: ErrorPage): App {
  const page = client({ route: '/page/', methods: ['GET'] }, function page(): Response {
    throw thrown
  })
  const logger = silentLogger()
  return createApp({ functions: collect(page), logger, ...(errorPage && { errorPage }) })
}

describe('a page that fails', () => {
  test('shows a browser that, and an id that stands in the log, and nothing of what was thrown', async () => {
    await using mizan = app(new Error('secret <b>'))
    const { status, headers, text } = await send(mizan, '/page/', { headers: browser })
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      500,
      'text/html; charset=utf-8',
      'no-store',
    ])
    expect(text).toContain('<h1>Something went wrong on the server</h1>')
    expect(text).toMatch(/<code>[0-9a-f-]{36}<\/code>/)
    expect(text).not.toMatch(/secret|<pre>|\.ts/)
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='$/,
    )
  })

  test('answers who asks for anything else in JSON', async () => {
    await using mizan = app(new Error('secret'))
    for (const accept of ['', '*/*', 'application/json']) {
      const { status, text } = await send(mizan, '/page/', { headers: { accept } })
      expect([status, JSON.parse(text)]).toMatchObject([500, { error: { code: 'INTERNAL' } }])
    }
  })

  test('says what may be said, in no other way than as text', async () => {
    const message = '</h1><script>alert(1)</script>'
    await using mizan = app(new MizanError('UNAVAILABLE', message, { details: { retryAfter: 3 } }))
    const { status, headers, text } = await send(mizan, '/page/', { headers: browser })
    expect([status, headers.get('retry-after')]).toEqual([503, '3'])
    expect(text).toContain('&lt;script&gt;')
    expect(text).toContain('<a href="">Try again</a>')
    expect(text).not.toContain('<script')
  })

  test('shows where it failed when what was thrown says in which components', async () => {
    const thrown = Object.assign(new Error('no title'), { componentStack: 'at Title\nat Page' })
    await using development = app(thrown)
    const { text } = await send(development, '/page/', { headers: browser })
    expect(text).toMatch(/<pre>Error: no title\n[^]*\n\nat Title\nat Page<\/pre>/)
    await using production = app(Object.assign(new Error('no'), { componentStack: undefined }))
    expect((await send(production, '/page/', { headers: browser })).text).not.toContain('<pre>')
  })

  test('is the page of the app where it has one, and the plain one where that fails too', async () => {
    await using mizan = app(new MizanError('NOT_FOUND', 'no such page'), ({ status, message }) => {
      return `<h1>${status}: ${message}</h1>`
    })
    const own = await send(mizan, '/page/', { headers: browser })
    expect([own.status, own.text]).toEqual([404, '<h1>404: no such page</h1>'])
    expect(own.headers.has('content-security-policy')).toBe(false)
    await using failing = app(new MizanError('NOT_FOUND', 'no such page'), () => {
      throw new Error('nor an error page')
    })
    const plain = await send(failing, '/page/', { headers: browser })
    expect([plain.status, plain.text]).toEqual([404, expect.stringContaining('no such page')])
  })
})
