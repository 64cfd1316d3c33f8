/**
 * The promise of PROTOCOL section 6 on generated interleavings: several processes on one store, slow runs, purges,
 * lost entries, restarts and failures, each step scheduled by fast-check.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CacheResult } from './cache-read.ts'
import type { CacheStore } from './cache-store.ts'
import { ContextCache } from './context-cache.ts'
import { MemoryCache } from './memory-cache.ts'
import { tagsOfInstance, tagsOfTargets } from './tags.ts'

const secret = 'a-cache-secret-of-at-least-32-bytes!'
const processes = 2

type Step =
  | {
      readonly kind: 'read'
      readonly process: number
      readonly user: string
      readonly row: string
      readonly context: Kind
    }
  | {
      readonly kind: 'write'
      readonly process: number
      readonly row: string
      readonly broad: boolean
    }
  | { readonly kind: 'restart' | 'fail' | 'fail purges' | 'heal' }

/** `declared` is invalidated by targets, `observed` by the data tags of its runs. */
type Kind = 'declared' | 'observed'

const process = fc.nat(processes - 1)
const row = fc.constantFrom('a', 'b')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      process,
      user: fc.constantFrom('ada', 'bob'),
      row,
      context: fc.constantFrom<Kind>('declared', 'observed'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      process,
      row,
      broad: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'restart' as const,
        'fail' as const,
        'fail purges' as const,
        'heal' as const,
      ),
    }),
  },
)

/** A store behind a network: each way takes a turn of its own, and it may be down or start anew. */
class RemoteStore implements CacheStore {
  readonly #turn: () => Promise<void>
  #inner = new MemoryCache({ maximumBytes: 6000 })
  down: 'nothing' | 'all' | 'purges' = 'nothing'

  constructor(turn: () => Promise<void>) {
    this.#turn = turn
  }

  restart(): void {
    this.#inner = new MemoryCache({ maximumBytes: 6000 })
  }

  read(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#remote((store) => store.read(keys))
  }
  write(key: string, value: string, ttl: number): Promise<void> {
    return this.#remote((store) => store.write(key, value, ttl))
  }
  versions(tags: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#remote((store) => store.versions(tags))
  }
  ensureVersions(tags: readonly string[]): Promise<readonly string[]> {
    return this.#remote((store) => store.ensureVersions(tags))
  }
  bump(tags: readonly string[]): Promise<void> {
    return this.#remote((store) => store.bump(tags), this.down === 'purges')
  }

  async #remote<T>(ask: (store: CacheStore) => Promise<T>, refused = false): Promise<T> {
    await this.#turn()
    if (refused || this.down === 'all') throw new Error('connection refused')
    const answer = await ask(this.#inner)
    await this.#turn()
    return answer
  }
}

interface Body {
  readonly row: string
  readonly value: number
  /** Whom the run looked at. */
  readonly user: string | null
}

/** A database, processes that cache it, and every promise that they broke. */
class World {
  readonly #turn: () => Promise<void>
  readonly #store: RemoteStore
  readonly #caches: readonly ContextCache[]
  /** What the database holds. */
  readonly #rows = new Map([
    ['a', 0],
    ['b', 0],
  ])
  /** What every process must show, and, where a purge was deferred, what its own process must show. */
  readonly #promised = Array.from({ length: processes }, () => new Map<string, number>())
  readonly outcomes = new Map<string, number>()
  readonly broken: string[] = []

  constructor(turn: () => Promise<void>) {
    this.#turn = turn
    this.#store = new RemoteStore(turn)
    this.#caches = Array.from(
      { length: processes },
      () => new ContextCache({ store: this.#store, secret }),
    )
  }

  async take(step: Step): Promise<void> {
    await this.#turn()
    if (step.kind === 'read') await this.#read(step)
    else if (step.kind === 'write') await this.#write(step)
    else if (step.kind === 'restart') this.#store.restart()
    else
      this.#store.down =
        step.kind === 'fail' ? 'all' : step.kind === 'fail purges' ? 'purges' : 'nothing'
  }

  async close(): Promise<void> {
    this.#store.down = 'nothing'
    await Promise.all(this.#caches.map((cache) => cache.close()))
  }

  async #read({ process, user, row, context }: Step & { kind: 'read' }): Promise<void> {
    const least = this.#promised[process]?.get(row) ?? 0
    const params = { row }
    const answer = await this.#caches[process]!.run(
      {
        context,
        params,
        rev: 0,
        artifact: 'a1',
        ttl: 60,
        user,
        privateOnly: false,
        tags: context === 'declared' ? tagsOfInstance(context, params, ['row']) : [],
      },
      () => this.#compute(row, context, user),
    )
    this.outcomes.set(answer.outcome, (this.outcomes.get(answer.outcome) ?? 0) + 1)
    // cast: #compute wrote it
    const body = JSON.parse(answer.body) as Body
    const told = JSON.stringify({ process, asked: { user, row, context }, answer })
    if (body.row !== row) this.broken.push(`the answer of another row: ${told}`)
    if (body.value < least)
      this.broken.push(`older than ${least}, which was answered before: ${told}`)
    if (body.user !== null && body.user !== user) this.broken.push(`another caller's: ${told}`)
  }

  /** Looks at the caller when the value is odd: the same context ends public or private. */
  async #compute(row: string, context: Kind, user: string): Promise<CacheResult> {
    await this.#turn()
    const value = this.#rows.get(row) ?? 0
    // Long enough for a write, its purge and another read to happen meanwhile.
    for (let turn = 0; turn < 10; turn++) await this.#turn()
    const body: Body = { row, value, user: value % 2 === 1 ? user : null }
    return {
      body: JSON.stringify(body),
      visibility: value % 2 === 1 ? 'private' : 'public',
      dataTags: context === 'observed' ? ['db:rows:*', `db:rows:id=${row}`] : [],
    }
  }

  async #write({ process, row, broad }: Step & { kind: 'write' }): Promise<void> {
    const value = (this.#rows.get(row) ?? 0) + 1
    this.#rows.set(row, value)
    const target = broad ? { context: 'declared' } : { context: 'declared', params: { row } }
    const tags = [...tagsOfTargets([target]), 'db:rows', `db:rows:id=${row}`]
    await this.#turn()
    const { deferred } = await this.#caches[process]!.purge(tags)
    for (const [index, promised] of this.#promised.entries()) {
      if (deferred && index !== process) continue
      promised.set(row, Math.max(promised.get(row) ?? 0, value))
    }
  }
}

test('a read that begins after a purge was answered returns nothing older, and nobody gets what is another’s', async () => {
  const outcomes = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 5, maxLength: 40 }),
      async (scheduler, steps) => {
        const world = new World(() => scheduler.schedule(Promise.resolve()))
        // Several callers, each with its own sequence of steps.
        const callers = [0, 1, 2, 3].map((caller) =>
          steps.filter((_step, index) => index % 4 === caller),
        )
        const walks = callers.map(async (walk) => {
          for (const next of walk) await world.take(next)
        })
        await scheduler.waitFor(Promise.all(walks))
        await scheduler.waitFor(world.close())
        expect(world.broken).toEqual([])
        for (const [outcome, count] of world.outcomes)
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count)
      },
    ),
    { numRuns: 300 },
  )
  // The property says something only if every way to an answer was taken.
  expect([...outcomes.keys()].sort()).toEqual(['bypass', 'hit', 'joined', 'miss'])
})
