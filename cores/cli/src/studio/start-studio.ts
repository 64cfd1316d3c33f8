/** The server of `mizan db studio`: a few pages about one database, for one person on this machine. */

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StudioRefusal } from './engine.ts'
import { Guard } from './guard.ts'
import { markup } from './html.ts'
import { alertOf, documentOf, type PageContent } from './layout.ts'
import { messageOf } from './message-of.ts'
import { driftPage } from './pages/drift.ts'
import { explainForm, explainPage } from './pages/explain.ts'
import { migrationPage, migrationsPage } from './pages/migrations.ts'
import { queriesPage } from './pages/queries.ts'
import { relationsPage } from './pages/relations.ts'
import { rowsPage } from './pages/rows.ts'
import { tablesPage } from './pages/tables.ts'
import type { StudioPage, StudioPlace } from './place.ts'

/** A running studio. */
export interface Studio extends AsyncDisposable {
  /** With the token that lets somebody in. */
  readonly url: string
}

/** What can be set. */
export interface StudioOptions {
  /** @default a free one */
  readonly port?: number | undefined
  /** Told of what nobody expected. */
  onError(error: unknown): void
}

const pages: ReadonlyMap<string, StudioPage> = new Map([
  ['GET /', tablesPage],
  ['GET /table', rowsPage],
  ['GET /relations', relationsPage],
  ['GET /migrations', migrationsPage],
  ['GET /migration', migrationPage],
  ['GET /drift', driftPage],
  ['GET /queries', queriesPage],
  ['GET /explain', explainForm],
  ['POST /explain', explainPage],
])

/** The longest form, in bytes. */
const longestForm = 200_000

/** Listens on this machine only. */
export async function startStudio(place: StudioPlace, options: StudioOptions): Promise<Studio> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 })
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // cast: it listens on a port
  const guard = new Guard(port)
  server.on('request', (request, response) => {
    answer(request, response, { place, guard, options }).catch(options.onError)
  })
  return {
    url: `http://127.0.0.1:${port}/?token=${guard.token}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

interface Desk {
  readonly place: StudioPlace
  readonly guard: Guard
  readonly options: StudioOptions
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { place, guard, options }: Desk,
): Promise<void> {
  const nonce = randomBytes(16).toString('base64url')
  const { method = 'GET', headers } = request
  // What is not a path of ours is none at all: `//host`, `http://host/`.
  const url = new URL(`http://studio${request.url?.startsWith('/') === true ? request.url : '/'}`)
  const token = url.searchParams.get('token')
  const admission = guard.admit({ method, headers, token })
  const send = (content: PageContent, more: Readonly<Record<string, string>> = {}): void => {
    const { status = 200 } = content
    const text = documentOf(content, { nonce, path: url.pathname }).toString()
    response.writeHead(status, { ...headersWith(nonce), ...more })
    response.end(method === 'HEAD' ? undefined : text)
  }
  if (admission.kind === 'refused') {
    response.writeHead(admission.status, { ...headersWith(nonce), 'content-type': 'text/plain' })
    response.end(`${admission.reason}\n`)
    return
  }
  if (admission.kind === 'enter') {
    // A page of our own leads on: what a link of another site leads to would not be sent the cookie.
    const cookie = `${admission.cookie}; HttpOnly; SameSite=Strict; Path=/`
    const body = markup`<p><a href="/">Enter</a></p>`
    send({ title: 'Welcome', body }, { 'set-cookie': cookie, refresh: '0; url=/' })
    return
  }
  try {
    const page = pages.get(`${method === 'HEAD' ? 'GET' : method} ${url.pathname}`)
    if (page === undefined) throw new StudioRefusal('There is no such page')
    const given = method === 'POST' ? await formOf(request) : url.searchParams
    send(await page(place, given))
  } catch (error) {
    // Whoever left before the end of what they sent hears nothing.
    if (!response.destroyed) send(problemOf(error, options))
  }
}

function problemOf(error: unknown, { onError }: StudioOptions): PageContent {
  try {
    const text = messageOf(error)
    const status = error instanceof StudioRefusal ? 404 : 500
    return { title: 'That did not work', body: alertOf(text), status }
  } catch {
    onError(error)
    const text = 'Something nobody expected; the terminal of mizan db studio says what'
    return { title: 'That did not work', body: alertOf(text), status: 500 }
  }
}

/** Nothing but our own style and forms to ourselves: no script at all. */
function headersWith(nonce: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type))
    throw new StudioRefusal('Only forms are read here')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > longestForm) throw new StudioRefusal('That is too long')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
