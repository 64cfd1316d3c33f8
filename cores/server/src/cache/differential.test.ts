/**
 * An app with a cache and the same app without one, side by side: callers whose roles and tenants change get the same bytes
 * from both, and nobody gets what is another's.
 */

import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { cache, cookieOf, enter } from '../../test/people.ts'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  type Fn,
  getPrincipal,
  getRequest,
  MemorySessionStore,
  type Principal,
} from '../index.ts'

const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 5_000 : 100
const users = ['ada', 'bob', 'anonymous'] as const
type User = (typeof users)[number]

/** What both apps show. */
const world = {
  items: new Map<number, number>(),
  principals: new Map<string, Principal>(),
}

function canaryOf(id: string): string {
  return `canary-of-${id}`
}

function principalOf(id: string): Principal {
  const changed = world.principals.get(id)
  return { id, staff: false, superuser: false, attributes: { canary: canaryOf(id) }, ...changed }
}

const Shop = defineContext('shop')
const Own = defineContext('own')
const Mixed = defineContext('mixed')
const Account = defineContext('account')
const Office = defineContext('office')
const Told = defineContext('told')

const functions: readonly Fn[] = [
  client({ context: Shop }, function stock(item: number): number {
    return world.items.get(item) ?? 0
  }),
  client({ context: Shop }, function observed(item: number): number {
    currentScope()?.observeRead('items:*')
    currentScope()?.observeRead(`items:id=${item}`)
    return world.items.get(item) ?? 0
  }),
  client({ context: Own }, function me(): unknown {
    const principal = getPrincipal()
    return principal === undefined ? null : { ...principal }
  }),
  // Whether it looks at the caller depends on what it finds.
  client({ context: Mixed }, function perhapsMine(item: number): unknown {
    const left = world.items.get(item) ?? 0
    return left % 2 === 0 ? left : [left, getPrincipal()?.tenant, getPrincipal()?.attributes]
  }),
  client({ context: Account }, function account(userId = 'nobody'): unknown {
    return [userId, world.items.get(1) ?? 0]
  }),
  client({ context: Office, auth: 'staff' }, function report(): number {
    return [...world.items.values()].reduce((sum, left) => sum + left, 0)
  }),
  client({ context: Told }, function language(): unknown {
    return getRequest().header('accept-language') ?? null
  }),
  client({ affects: [Shop, Mixed, Account, Office] }, function buy(item: number): void {
    currentScope()?.observeWrite('items')
    currentScope()?.observeWrite(`items:id=${item}`)
    world.items.set(item, (world.items.get(item) ?? 0) + 1)
  }),
  // Known by what it has written alone; the other contexts are told broadly.
  client({ affects: [Mixed, Account, Office, Shop] }, function restock(): void {
    for (const item of [1, 2]) world.items.set(item, (world.items.get(item) ?? 0) + 1)
  }),
]

const sessions = new MemorySessionStore()
function open(cached: boolean): App {
  return createApp({
    functions: collect(enter, ...functions),
    identity: {
      secret: 'a-secret-for-tests-of-32-bytes-or-more',
      cookie: { secure: false },
      sessions,
      resolve: async (id) => principalOf(id),
    },
    ...(cached ? { cache } : {}),
    logger: silentLogger(),
  })
}

const paths = [
  'shop/?item=1',
  'shop/?item=2',
  'own/',
  'mixed/?item=1',
  'mixed/?item=2',
  'account/',
  'account/?user_id=%22ada%22',
  'office/',
  'told/',
] as const

type Act =
  | { readonly act: 'read'; readonly paths: readonly string[]; readonly language: string }
  | { readonly act: 'buy'; readonly item: number }
  | { readonly act: 'restock' }
  | { readonly act: 'become'; readonly user: User; readonly facts: Partial<Principal> }

const facts = fc.record({
  staff: fc.boolean(),
  tenant: fc.constantFrom('north', 'south'),
  scopes: fc.subarray(['read', 'write']),
})
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('read' as const),
      paths: fc.array(fc.constantFrom(...paths), { minLength: 1, maxLength: 4 }),
      language: fc.constantFrom('en', 'sv'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('buy' as const), item: fc.constantFrom(1, 2) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('restock' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('become' as const),
      user: fc.constantFrom(...users),
      facts,
    }),
  },
)

const cached = open(true)
const uncached = open(false)
afterAll(() => Promise.all([cached.close(), uncached.close()]))

test('cached and uncached answers are the same bytes, and every canary stays with its user', async () => {
  const cookies = new Map<User, string>()
  for (const user of ['ada', 'bob'] as const) cookies.set(user, await cookieOf(cached, user))
  const headersOf = (user: User, language: string): Record<string, string> => ({
    'accept-language': language,
    ...(user === 'anonymous' ? {} : { cookie: cookies.get(user) ?? '' }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      for (const one of acts) {
        if (one.act === 'become') {
          world.principals.set(one.user, { ...principalOf(one.user), ...one.facts })
        } else if (one.act === 'read') {
          const asked = one.paths.flatMap((path) => users.map((user) => ({ path, user })))
          const pairs = await Promise.all(
            asked.map(async ({ path, user }) => {
              const headers = headersOf(user, one.language)
              const ask = (app: App): ReturnType<typeof send> =>
                send(app, `/api/mizan/ctx/${path}`, { headers })
              return { user, path, answers: [await ask(cached), await ask(uncached)] as const }
            }),
          )
          for (const { user, path, answers } of pairs) {
            const [one_, two] = answers
            expect(one_.status).toBeLessThan(500)
            expect([path, user, one_.status, one_.text]).toEqual([path, user, two.status, two.text])
            expect(one_.headers.get('etag')).toBe(two.headers.get('etag'))
            for (const other of users) {
              if (other !== user) expect(one_.text).not.toContain(canaryOf(other))
            }
          }
        } else {
          const changed = await call(cached, one.act, one.act === 'buy' ? { item: one.item } : {})
          expect(changed.status).toBe(200)
        }
      }
    }),
    { numRuns: runs },
  )
  // It says something only if the cache was used, in each way.
  const stats = cached.cacheStats()
  expect(stats?.hits).toBeGreaterThan(runs)
  expect(stats?.joined).toBeGreaterThan(0)
  expect(stats?.errors).toBe(0)
}, 600_000)
