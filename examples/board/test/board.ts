/** A board for tests: a real server on a free port, with a database of its own that holds the seeded rows. */

import { fileURLToPath } from 'node:url'
import { migrateLatest } from '@mizan/db/migrate'
import type { CacheStore, Purger, TokenKey } from '@mizan/server'
import type { PageStore } from '@mizan/ssr'
import { freePort, postgres } from '@mizan/testing/resources'
import { seed } from '../src/db/seed.ts'
import { type BoardOptions, type BoardServer, createServer } from '../src/server/create-server.ts'

export const webhookSecret = 'a webhook secret that only the tests know'

/** Options of {@link startBoard}. */
export interface StartOptions {
  /** Whether answers are cached. @default true */
  readonly cached?: boolean
  /** Where answers are cached. @default in this process */
  readonly cacheStore?: CacheStore
  /** Folder of the built pages. */
  readonly pages?: string
  /** Where public pages are kept. */
  readonly pageStore?: PageStore
  /** Who is told of changes. */
  readonly purgers?: readonly Purger[]
  /** What signs tokens of reads. */
  readonly readKeys?: readonly TokenKey[]
  /** The main page in other libraries. */
  readonly libraries?: BoardOptions['libraries']
}

export interface RunningBoard extends AsyncDisposable {
  readonly url: string
  /** For somebody with psql. */
  readonly databaseUrl: string
  readonly server: BoardServer
  /** Ends the server, and starts it anew at the same address after `meanwhile`. */
  restart(meanwhile: () => Promise<unknown>): Promise<void>
  /** A client without a session; of another address where something stands before the server. */
  visitor(address?: string): Visitor
  /** A client whose session was started by the sign-in page's call. */
  signedIn(personId: number): Promise<Visitor>
}

/** One browser's worth of cookies, speaking plain HTTP. */
export interface Visitor {
  /** @param token of `mwt_obtain`, where an edge stands before the server */
  get(
    context: string,
    params?: Readonly<Record<string, string | number>>,
    token?: string,
  ): Promise<Answer>
  call(fn: string, args: Readonly<Record<string, unknown>>): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- cast: each test knows what it asked for
  readonly body: any
}

const migrations = fileURLToPath(new URL('../migrations', import.meta.url))

/** The day that the seed writes around: assertions about dates hold on every day. */
const today = new Date('2026-11-20T00:00:00Z')

export async function startBoard(options: StartOptions = {}): Promise<RunningBoard> {
  const { cached = true } = options
  const resources = new AsyncDisposableStack()
  try {
    const { url: databaseUrl } = resources.use(await postgres())
    const create = (): BoardServer =>
      createServer({
        databaseUrl,
        sessionSecret: 'a session secret that only the tests know',
        webhookSecret,
        secure: false,
        ...(cached ? { cacheSecret: 'a cache secret that only the tests know' } : {}),
        pages: options.pages ?? 'none',
        ...(options.cacheStore && { cacheStore: options.cacheStore }),
        ...(options.pageStore && { pageStore: options.pageStore }),
        ...(options.purgers && { purgers: options.purgers }),
        ...(options.readKeys && { readKeys: options.readKeys }),
        ...(options.libraries && { libraries: options.libraries }),
      })
    let server = create()
    resources.defer(() => server.close())
    await migrateLatest({ migrations, dialect: server.database.dialect })
    await seed(server.database, { today })
    // One that stays ours while nobody listens there: a restart needs it again.
    const port = await server.listen(await freePort())
    const url = `http://127.0.0.1:${port}`
    const running = resources.move()
    return {
      url,
      databaseUrl,
      get server() {
        return server
      },
      async restart(meanwhile) {
        await server.close()
        await meanwhile()
        server = create()
        await server.listen(port)
      },
      visitor: (address = url) => visit(address),
      async signedIn(personId) {
        const visitor = visit(url)
        const { status, body } = await visitor.call('sign_in', { person_id: personId })
        if (status !== 200) throw new Error(`sign_in answered ${status}: ${JSON.stringify(body)}`)
        return visitor
      },
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

function visit(url: string): Visitor {
  let cookie = ''
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = {
      ...(cookie === '' ? {} : { cookie }),
      'content-type': 'application/json',
      ...init.headers,
    }
    const response = await fetch(`${url}/api/mizan/${path}`, { ...init, headers })
    const set = response.headers.getSetCookie()[0]
    if (set !== undefined) cookie = set.split(';')[0] ?? ''
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  return {
    get: (context, params = {}, token) => {
      const query = new URLSearchParams(
        Object.entries(params).map(([key, value]) => [key, String(value)]),
      )
      return ask(`ctx/${context}/?${query}`, {
        headers: token === undefined ? {} : { 'x-mizan-token': token },
      })
    },
    call: (fn, args) => ask('call/', { method: 'POST', body: JSON.stringify({ fn, args }) }),
  }
}
