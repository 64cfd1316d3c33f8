/** An app with a cache against the same app without one: whoever asks, by whatever credential, gets the same bytes. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, type Received, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  getPrincipal,
  GlobalContext,
  obtainMwt,
  obtainTokens,
  type Principal,
  refreshTokens,
  signIn,
} from '../index.ts'

const NoteContext = defineContext('note')
const StaffContext = defineContext('staff')
const users = ['ada', 'bob'] as const
type User = (typeof users)[number]
const canaryOf = (user: string): string => `canary-of-${user}`

/** One app, and everything that its functions and its principals are made of. */
interface World {
  readonly app: App
  readonly people: Map<string, Principal>
  readonly notes: Map<string, string>
}

function createWorld(cached: boolean): World {
  const people = new Map<string, Principal>(
    users.map((id) => [id, { id, staff: false, superuser: false, tenant: 'north' }]),
  )
  const notes = new Map<string, string>()
  const currentUser = client({ context: GlobalContext }, function currentUser(): object | null {
    const principal = getPrincipal()
    return principal === undefined ? null : { ...principal, canary: canaryOf(principal.id) }
  })
  const note = client({ context: NoteContext }, function note(noteId: number): object {
    const tenant = getPrincipal()?.tenant ?? 'nobody'
    return { tenant, text: notes.get(`${tenant}-${noteId}`) ?? '' }
  })
  const size = client({ context: NoteContext }, function size(noteId: number): number {
    return [...notes.keys()].filter((key) => key.endsWith(`-${noteId}`)).length
  })
  const report = client({ context: StaffContext, auth: 'staff' }, function report(): object {
    return { reader: canaryOf(getPrincipal()?.id ?? ''), notes: notes.size }
  })
  const write = client(
    { affects: [NoteContext, StaffContext], auth: true },
    function write(noteId: number, text: string): void {
      notes.set(`${getPrincipal()?.tenant ?? 'nobody'}-${noteId}`, text)
    },
  )
  const enter = client(function enter(id: string): Promise<void> {
    return signIn(id)
  })
  const jwtObtain = client(obtainTokens(async (name) => name))
  const functions = [currentUser, note, size, report, write, enter, jwtObtain]
  const app = createApp({
    functions: collect(...functions, client(refreshTokens()), client(obtainMwt())),
    logger: silentLogger(),
    identity: {
      secret: 'the-cookie-secret-of-this-test-is-long',
      resolve: async (id) => people.get(id) ?? null,
      jwt: { keys: [{ kid: 'a', secret: 'the-jwt-secret-of-this-test-is-long' }] },
      mwt: { keys: [{ kid: 'b', secret: 'the-mwt-secret-of-this-test-is-long' }] },
    },
    ...(cached ? { cache: { secret: 'the-cache-secret-of-this-test-is-long' } } : {}),
  })
  return { app, people, notes }
}

type Headers = Readonly<Record<string, string>>
type Credential = 'cookie' | 'bearer' | 'mwt'

/** Each user's headers, by the kind of credential. */
async function credentialsOf({ app }: World, user: User): Promise<Record<Credential, Headers>> {
  const { cookies } = await call(app, 'enter', { id: user })
  const pair = await call(app, 'jwt_obtain', { name: user, password: '' })
  const bearer = { authorization: `Bearer ${resultOf(pair)['accessToken'] ?? ''}` }
  const mwt = await call(app, 'mwt_obtain', {}, bearer)
  return {
    cookie: { cookie: cookies[0]?.split(';')[0] ?? '' },
    bearer,
    mwt: { 'x-mizan-token': resultOf(mwt)['token'] ?? '' },
  }
}

function resultOf(received: Received): Readonly<Record<string, string>> {
  const { result } = received.json as { result: Readonly<Record<string, string>> } // cast: an answer of ours
  return result
}

const user = fc.constantFrom(...users)
const caller = fc.constantFrom(...users, undefined)
const credential = fc.constantFrom<Credential>('cookie', 'bearer', 'mwt')
const noteId = fc.constantFrom(1, 2)
const path = fc.constantFrom(
  'ctx/global/',
  'ctx/note/?note_id=1',
  'ctx/note/?note_id=2',
  'ctx/staff/',
)

type Step =
  | {
      readonly do: 'read'
      readonly as: User | undefined
      readonly by: Credential
      readonly path: string
    }
  | {
      readonly do: 'write'
      readonly as: User | undefined
      readonly noteId: number
      readonly text: string
    }
  | { readonly do: 'change'; readonly user: User; readonly facts: Partial<Principal> }
  | { readonly do: 'renew'; readonly user: User }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('read' as const), as: caller, by: credential, path }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      as: caller,
      noteId,
      text: fc.string({ maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      user,
      facts: fc.record(
        {
          staff: fc.boolean(),
          superuser: fc.boolean(),
          tenant: fc.constantFrom('north', 'south'),
          scopes: fc.subarray(['read', 'write']),
          attributes: fc.record({ plan: fc.constantFrom('free', 'paid') }),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), user }) },
)

/** What matters of an answer; digests and lifetimes for others are only there with a cache. */
function seen({ status, headers, text }: Received): readonly unknown[] {
  return [status, headers.get('etag'), headers.get('x-mizan-invalidate'), text]
}

async function play(steps: readonly Step[]): Promise<void> {
  const worlds = [createWorld(true), createWorld(false)]
  const credentials = new Map<User, readonly Record<Credential, Headers>[]>()
  const renew = async (one: User): Promise<void> => {
    credentials.set(one, await Promise.all(worlds.map((world) => credentialsOf(world, one))))
  }
  for (const one of users) await renew(one)
  for (const one of steps) {
    if (one.do === 'renew') await renew(one.user)
    else if (one.do === 'change') {
      for (const { people } of worlds) {
        const person = people.get(one.user)
        if (person !== undefined) people.set(one.user, { ...person, ...one.facts })
      }
    } else {
      const [cached, plain] = await Promise.all(
        worlds.map(({ app }, index) => {
          const own = one.as === undefined ? undefined : credentials.get(one.as)?.[index]
          if (one.do === 'read')
            return send(app, `/api/mizan/${one.path}`, { headers: own?.[one.by] ?? {} })
          const args = { note_id: one.noteId, text: one.text }
          return call(app, 'write', args, own?.bearer ?? {})
        }),
      )
      if (cached === undefined || plain === undefined) throw new Error('two worlds answer')
      expect(seen(cached)).toEqual(seen(plain))
      for (const other of users)
        if (other !== one.as) expect(cached.text).not.toContain(canaryOf(other))
    }
  }
  for (const { app } of worlds) await app.close()
}

test('two users and nobody, with changing roles and tenants, get the same with a cache as without', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), play), {
    numRuns: 60,
  })
})

test('a thousand requests at once never see each other’s principal', async () => {
  const world = createWorld(true)
  await using app = world.app
  const ids = Array.from({ length: 50 }, (_, index) => `user-${index}`)
  for (const id of ids) world.people.set(id, { id, staff: false, superuser: false })
  const headers = await Promise.all(
    ids.map(async (id) => Object.values(await credentialsOf(world, id as User))), // cast: the fixture knows more people here
  )
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      send(app, '/api/mizan/ctx/global/', {
        headers: headers[index % ids.length]?.[index % 3] ?? {},
      }),
    ),
  )
  answers.forEach(({ json }, index) => {
    const id = ids[index % ids.length]
    expect(json).toMatchObject({ current_user: { id, canary: canaryOf(id ?? '') } })
  })
})
