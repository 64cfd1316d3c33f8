/** An app that issues tokens, on a node:http server, with a clock that the test turns. */

import { mizan } from '@mizan/node'
import { MizanError } from '@mizan/protocol'
import { nodeServer } from '@mizan/testing/resources'
import {
  type App,
  type AppOptions,
  client,
  collect,
  createApp,
  defineContext,
  endSession,
  endSessions,
  getPrincipal,
  type IdentityOptions,
  listSessions,
  MemorySessionStore,
  obtainMwt,
  obtainTokens,
  type Principal,
  redirect,
  refreshTokens,
  signIn,
  signOut,
  type TokenKey,
} from '../src/index.ts'

export const jwtKey: TokenKey = { kid: 'jwt-1', secret: 'the-jwt-secret-of-these-tests-is-long' }
export const mwtKey: TokenKey = { kid: 'mwt-1', secret: 'the-mwt-secret-of-these-tests-is-long' }

const MeContext = defineContext('me')

/** Everything a test may change while the app runs. */
export interface World {
  now: number
  readonly people: Map<string, Principal>
  runs: number
  /** What the log was told of failures. */
  readonly failures: unknown[]
}

/** What came back. */
export interface Reply {
  readonly status: number
  readonly body: {
    readonly result?: never
    readonly error?: { readonly code: string; readonly details?: { readonly code?: string } }
    readonly [key: string]: unknown
  }
  readonly headers: Headers
  /** `200`, or the code of the error and that of its details. */
  readonly outcome: string
}

/** A served app. */
export interface TokenApp extends AsyncDisposable {
  readonly app: App
  readonly world: World
  readonly url: string
  get(endpoint: string, headers?: Readonly<Record<string, string>>): Promise<Reply>
  call(fn: string, args?: object, headers?: Readonly<Record<string, string>>): Promise<Reply>
  send(method: string, path: string, init?: RequestInit): Promise<Reply>
  /** A pair of tokens by name and password. */
  obtain(user?: string): Promise<{ accessToken: string; refreshToken: string; expiresIn: number }>
  /** An MWT for an access token. */
  obtainMwt(accessToken: string): Promise<string>
}

export type TokenAppOptions = Partial<IdentityOptions> & { readonly app?: Partial<AppOptions> }

function functionsOf(world: World): ReturnType<typeof collect> {
  const jwtObtain = client(
    obtainTokens(async (name, password) =>
      world.people.has(name) && password === `${name}'s password` ? name : null,
    ),
  )
  const me = client({ context: MeContext }, function me(): string | null {
    return getPrincipal()?.id ?? null
  })
  const whoami = client(function whoami(): string | null {
    world.runs += 1
    return getPrincipal()?.id ?? null
  })
  const staffOnly = client({ auth: 'staff' }, function staffOnly(): string {
    return 'for staff'
  })
  const enter = client(function enter(id: string): Promise<void> {
    return signIn(id)
  })
  const leave = client(function leave(): Promise<void> {
    return signOut()
  })
  const enterAndCatch = client(async function enterAndCatch(id: string): Promise<string> {
    return signIn(id).then(
      () => 'entered',
      (error: unknown) => String(error),
    )
  })
  const mySessions = client({ auth: true }, async function mySessions(): Promise<object> {
    return listSessions(getPrincipal()?.id ?? '')
  })
  const leaveElsewhere = client({ auth: true }, async function leaveElsewhere(): Promise<void> {
    await endSessions(getPrincipal()?.id ?? '', { exceptCurrent: true })
  })
  const run = (): void => void (world.runs += 1)
  const guardFails = client(
    {
      name: 'guard_fails',
      auth: () => {
        throw new Error('the guard fails')
      },
    },
    () => run(),
  )
  const guardRefuses = client(
    {
      name: 'guard_refuses',
      auth: () => {
        throw new MizanError('NOT_FOUND', 'nothing to see here')
      },
    },
    () => run(),
  )
  // cast: what code without types may answer
  const guardSaysOne = client({ name: 'guard_says_one', auth: () => 1 as never }, () => run())
  const submit = client({ route: '/submit/', methods: ['POST'] }, function submit(): Response {
    world.runs += 1
    return redirect('/done/')
  })
  return collect(
    ...[jwtObtain, client(refreshTokens()), client(obtainMwt()), client(endSession())],
    ...[me, whoami, staffOnly, enter, leave, enterAndCatch, mySessions, leaveElsewhere, submit],
    ...[guardFails, guardRefuses, guardSaysOne],
  )
}

/** Starts an app with `ada`, `bob` and `stella`, who is staff. */
export async function tokenApp(options: TokenAppOptions = {}): Promise<TokenApp> {
  const { app: appOptions, ...identity } = options
  const world: World = {
    now: 1_700_000_000_000,
    people: new Map(
      ['ada', 'bob', 'stella'].map((id) => [id, { id, staff: id === 'stella', superuser: false }]),
    ),
    runs: 0,
    failures: [],
  }
  const clock = (): number => world.now
  const app = createApp({
    functions: functionsOf(world),
    clock,
    logger: {
      info: () => {},
      warn: () => {},
      error: (facts) => void world.failures.push(facts['error']),
    },
    identity: {
      secret: 'the-cookie-secret-of-these-tests-is-long',
      sessions: new MemorySessionStore({ clock }),
      resolve: async (id) => world.people.get(id) ?? null,
      jwt: { keys: [jwtKey] },
      mwt: { keys: [mwtKey] },
      ...identity,
    },
    ...appOptions,
  })
  const server = await nodeServer(mizan(app))
  const send: TokenApp['send'] = async (method, path, init = {}) => {
    const response = await fetch(server.url + path, { method, redirect: 'manual', ...init })
    const text = await response.text()
    const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Reply['body'] // cast: the tests look closer
    const { error } = body
    const outcome = [error?.code ?? String(response.status), error?.details?.code]
    return {
      status: response.status,
      headers: response.headers,
      body,
      outcome: outcome.filter(Boolean).join(' '),
    }
  }
  const call: TokenApp['call'] = (fn, args = {}, headers = {}) =>
    send('POST', '/api/mizan/call/', {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ fn, args }),
    })
  return {
    app,
    world,
    url: server.url,
    send,
    call,
    get: (endpoint, headers = {}) => send('GET', `/api/mizan/${endpoint}`, { headers }),
    async obtain(user = 'ada') {
      const reply = await call('jwt_obtain', { name: user, password: `${user}'s password` })
      if (reply.body.result === undefined) throw new Error(JSON.stringify(reply.body))
      return reply.body.result
    },
    async obtainMwt(accessToken) {
      const reply = await call('mwt_obtain', {}, bearer(accessToken))
      if (reply.body.result === undefined) throw new Error(JSON.stringify(reply.body))
      return (reply.body.result as { token: string }).token // cast: what mwt_obtain answers
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await app.close()
    },
  }
}

/** The header for an access token. */
export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

/** What a browser sends back of the cookies of an answer. */
export function cookieOf(reply: Reply): Readonly<Record<string, string>> {
  const pairs = reply.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  return { cookie: pairs.join('; ') }
}
