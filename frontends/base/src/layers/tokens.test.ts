import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  endSession,
  getPrincipal,
  obtainMwt,
  obtainTokens,
  refreshTokens,
} from '@mizan/server'
import { createCaller } from '@mizan/testing'
import { describe, expect, it } from 'vitest'

import { watch } from '../../test/until.ts'
import { call } from '../call.ts'
import type { CallDescriptor, ContextDescriptor } from '../descriptors.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { tokens, type TokensLayer, type TokensOptions } from './tokens.ts'

const artifact = '0123456789abcdef'

const meContext: ContextDescriptor<Record<string, never>, { me: string | null }> = {
  name: 'me',
  artifact,
  params: {},
  members: { me: { wire: 'me' } },
}

interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

const jwtObtain: CallDescriptor<{ name: string; password: string }, Pair> = {
  name: 'jwt_obtain',
  artifact,
  args: { name: { wire: 'name' }, password: { wire: 'password' } },
}
const jwtRefresh: CallDescriptor<{ refreshToken: string }, Pair> = {
  name: 'jwt_refresh',
  artifact,
  args: { refreshToken: { wire: 'refresh_token' } },
}
const whoami: CallDescriptor<Record<string, never>, string | null> = {
  name: 'whoami',
  artifact,
  args: {},
}
const mwtObtain: CallDescriptor<Record<string, never>, { token: string; expiresIn: number }> = {
  name: 'mwt_obtain',
  artifact,
  args: {},
}
const leave: CallDescriptor<Record<string, never>, void> = { name: 'leave', artifact, args: {} }

/** Ada's browser, signed in by tokens, and a clock for it and the server. */
class Visit implements AsyncDisposable {
  now = 1_700_000_000_000
  runs = 0
  refreshes = 0
  /** `authorization` and `x-mizan-token` of each request, shortened. */
  readonly sent: string[] = []
  readonly #app: App
  readonly fetch: typeof fetch
  #refreshToken = ''

  constructor() {
    this.#app = this.#createApp()
    const { fetch } = createCaller(this.#app)
    this.fetch = async (input, init) => {
      const headers = new Headers(init?.headers)
      const [jwt, mwt] = ['authorization', 'x-mizan-token'].map((name) => headers.has(name))
      this.sent.push(`${init?.method}${jwt ? ' jwt' : ''}${mwt ? ' mwt' : ''}`)
      return fetch(input, init)
    }
  }

  #createApp(): App {
    const MeContext = defineContext('me')
    return createApp({
      clock: () => this.now,
      functions: collect(
        client(
          { name: 'jwt_obtain' },
          obtainTokens(async (name) => name),
        ),
        client({ name: 'jwt_refresh' }, refreshTokens()),
        client({ name: 'mwt_obtain' }, obtainMwt()),
        client({ name: 'leave' }, endSession()),
        client({ context: MeContext }, function me(): string | null {
          return getPrincipal()?.id ?? null
        }),
        client({ name: 'whoami' }, (): string | null => {
          this.runs++
          return getPrincipal()?.id ?? null
        }),
      ),
      identity: {
        resolve: async (id) => ({ id, staff: false, superuser: false }),
        secret: 'a session secret that only the tests know',
        jwt: { keys: [{ kid: 'j', secret: 'the-jwt-secret-of-these-tests-is-long' }] },
        mwt: { keys: [{ kid: 'm', secret: 'the-mwt-secret-of-these-tests-is-long' }] },
      },
    })
  }

  /** A kernel whose fetch has no layer: what `obtain` uses. */
  readonly plain = (): Kernel => createKernel({ fetch: this.fetch })

  readonly refresh: TokensOptions['obtain'] = async () => {
    this.refreshes++
    const pair =
      this.#refreshToken === ''
        ? await call(jwtObtain, { name: 'ada', password: 'x' }, { kernel: this.plain() })
        : await call(jwtRefresh, { refreshToken: this.#refreshToken }, { kernel: this.plain() })
    this.#refreshToken = pair.refreshToken
    return { token: pair.accessToken, expiresIn: pair.expiresIn }
  }

  open(options: Partial<TokensOptions> = {}): { kernel: Kernel; layer: TokensLayer } {
    const layer = tokens({ obtain: this.refresh, clock: () => this.now, ...options })
    return { kernel: createKernel({ fetch: this.fetch }, layer), layer }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close()
  }
}

describe('requests with a token', () => {
  it('wait for the first one together', async () => {
    await using visit = new Visit()
    const { kernel } = visit.open()
    const answers = await Promise.all([
      kernel.call(whoami, {}),
      kernel.call(whoami, {}),
      kernel.load(meContext, {}),
    ])
    expect(answers).toEqual(['ada', 'ada', { me: 'ada' }])
    expect(visit.refreshes).toBe(1)
    expect(visit.sent.toSorted()).toEqual(['GET jwt', 'POST', 'POST jwt', 'POST jwt'])
  })

  it('have it renewed before it expires, once for all that wait', async () => {
    await using visit = new Visit()
    const { kernel } = visit.open()
    await kernel.call(whoami, {})
    visit.now += 269_000
    await kernel.call(whoami, {})
    expect(visit.refreshes).toBe(1)
    visit.now += 2_000
    const answers = [1, 2, 3].map(() => kernel.call(whoami, {}))
    expect(await Promise.all(answers)).toEqual(['ada', 'ada', 'ada'])
    expect(visit.refreshes).toBe(2)
  })

  it('are sent again with another one when the server says that this helps, and run once', async () => {
    await using visit = new Visit()
    // The clock of this browser stands still.
    const { kernel } = visit.open({ clock: () => 0 })
    await kernel.call(whoami, {})
    visit.now += 400_000
    const answers = [1, 2].map(() => kernel.call(whoami, {}))
    expect(await Promise.all(answers)).toEqual(['ada', 'ada'])
    expect(visit.refreshes).toBe(2)
    expect(visit.runs).toBe(3)
  })

  it('fail when the session has ended, and all data is forgotten', async () => {
    await using visit = new Visit()
    const { kernel, layer } = visit.open()
    using me = watch(kernel, meContext, {})
    await me.until(({ data }) => data?.me === 'ada')
    const elsewhere = visit.plain()
    const headers = { authorization: `Bearer ${await layer.token()}` }
    const signedOut: typeof leave = {
      ...leave,
      adapt: (request) => ({ ...request, headers: { ...request.headers, ...headers } }),
    }
    await elsewhere.call(signedOut, {})
    await expect(kernel.call(whoami, {})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect((await me.until(({ data }) => data?.me === null)).data).toEqual({ me: null })
    expect(await layer.token()).toBeNull()
    expect(visit.refreshes).toBe(1)
  })

  it('of nobody carry none, until somebody signs in', async () => {
    await using visit = new Visit()
    let asked = 0
    const { kernel, layer } = visit.open({
      obtain: async () => {
        asked++
        return null
      },
    })
    expect(await kernel.call(whoami, {})).toBeNull()
    expect(await kernel.call(whoami, {})).toBeNull()
    expect(asked).toBe(1)
    const pair = await kernel.call(jwtObtain, { name: 'bea', password: 'x' })
    layer.set({ token: pair.accessToken, expiresIn: pair.expiresIn })
    kernel.clear()
    expect(await kernel.call(whoami, {})).toBe('bea')
  })

  it('do not use a token that was on its way when somebody signed out', async () => {
    await using visit = new Visit()
    let ask = (): void => undefined
    let answer = (): void => undefined
    const asked = new Promise<void>((resolve) => (ask = resolve))
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const { kernel, layer } = visit.open({
      obtain: async () => {
        ask()
        await answered
        return visit.refresh()
      },
    })
    const calling = kernel.call(whoami, {})
    await asked
    layer.set(null)
    answer()
    expect(await calling).toBeNull()
  })

  it('fail without being sent when no token can be had for now, and are tried again later', async () => {
    await using visit = new Visit()
    let isUp = false
    const { kernel } = visit.open({
      obtain: () => (isUp ? visit.refresh() : Promise.reject(new TypeError('no network'))),
    })
    await expect(kernel.call(whoami, {})).rejects.toThrow('no network')
    expect(visit.sent).toEqual([])
    isUp = true
    expect(await kernel.call(whoami, {})).toBe('ada')
  })

  it('for the edge carry an MWT when they read, and none when they call', async () => {
    await using visit = new Visit()
    const jwt = visit.open()
    const layer = tokens({
      kind: 'mwt',
      clock: () => visit.now,
      obtain: () => jwt.kernel.call(mwtObtain, {}),
    })
    const kernel = createKernel({ fetch: visit.fetch }, layer)
    expect(await kernel.load(meContext, {})).toEqual({ me: 'ada' })
    visit.sent.length = 0
    await kernel.refetch(meContext, {})
    await kernel.call(whoami, {})
    expect(visit.sent).toEqual(['GET mwt', 'POST'])
  })
})
