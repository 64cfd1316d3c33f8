import { describe, expect, test } from 'vitest'
import { ask, gate, readOf, resultOf, secret } from '../../test/cache-reads.ts'
import type { CacheRead, CacheResult } from './cache-read.ts'
import { ContextCache } from './context-cache.ts'
import { MemoryCache } from './memory-cache.ts'

describe('runs in flight', () => {
  interface Flight {
    readonly answers: Promise<string>[]
    readonly runs: () => number
    readonly land: (result: CacheResult) => Promise<string[]>
  }

  /** Callers who all have looked before the first run ends; later runs answer at once. */
  async function fly(cache: ContextCache, reads: readonly CacheRead[]): Promise<Flight> {
    const first = gate<CacheResult>()
    const started = gate<void>()
    let runs = 0
    const compute = (user: string | null) => (): Promise<CacheResult> => {
      started.open()
      return runs++ === 0
        ? first.promise
        : Promise.resolve(resultOf(`own of ${user}`, { visibility: 'private' }))
    }
    const run = async (read: CacheRead): Promise<string> => {
      const answer = await cache.run(read, compute(read.user))
      return `${answer.outcome} ${answer.body}`
    }
    const [leader, ...others] = reads
    const answers = leader === undefined ? [] : [run(leader)]
    await started.promise
    answers.push(...others.map(run))
    // The memory store answers in microtasks: after this, everybody has looked and waits.
    await new Promise((resolve) => setImmediate(resolve))
    return {
      answers,
      runs: () => runs,
      land: (result) => {
        first.open(result)
        return Promise.all(answers)
      },
    }
  }

  test('callers of the same entry share one public run', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const flight = await fly(cache, [readOf(), readOf({ user: 'bob' }), readOf({ user: null })])
    expect(await flight.land(resultOf('1'))).toEqual(['miss 1', 'joined 1', 'joined 1'])
    expect(flight.runs()).toBe(1)
  })

  test('a run that ends private is its caller’s alone', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const flight = await fly(cache, [readOf(), readOf({ user: 'bob' })])
    const landed = await flight.land(resultOf('own of ada', { visibility: 'private' }))
    expect(landed).toEqual(['miss own of ada', 'miss own of bob'])
  })

  test('after a private run, callers no longer wait for one another', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    await ask(cache, readOf(), resultOf('own of ada', { visibility: 'private' }))
    await cache.purge(['user'])
    const flight = await fly(cache, [readOf(), readOf({ user: 'bob' })])
    expect(await flight.answers[1]).toBe('miss own of bob')
    expect(await flight.land(resultOf('1'))).toEqual(['miss 1', 'miss own of bob'])
  })

  test('nobody joins a run that began before a purge', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const flight = await fly(cache, [readOf()])
    await cache.purge(['user'])
    expect(await ask(cache, readOf({ user: 'bob' }), resultOf('new'))).toBe('miss new')
    expect(await flight.land(resultOf('old'))).toEqual(['miss old'])
    expect(await ask(cache, readOf(), resultOf('newer'))).toBe('hit new')
  })

  test('a run that learnt tags is not shared: they may have changed since it began', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const flight = await fly(cache, [readOf(), readOf({ user: 'bob' })])
    const landed = await flight.land(resultOf('1', { dataTags: ['db:tasks'] }))
    expect(landed).toEqual(['miss 1', 'miss own of bob'])
  })

  test('a run that fails fails its own caller only', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const failing = gate<CacheResult>()
    const started = gate<void>()
    const first = cache.run(readOf(), async () => {
      started.open()
      await failing.promise
      throw new Error('the client left')
    })
    await started.promise
    const second = ask(cache, readOf({ user: 'bob' }), resultOf('2'))
    failing.open(resultOf(''))
    await expect(first).rejects.toThrow('the client left')
    expect(await second).toBe('miss 2')
  })
})

describe('who waits for a run', () => {
  test('of callers who come at the same moment one runs, also on an empty cache', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    let runs = 0
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        cache.run(readOf(), async () => {
          await new Promise((resolve) => setImmediate(resolve))
          return resultOf(String(++runs))
        }),
      ),
    )
    expect(runs).toBe(1)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['1']))
    expect(cache.stats).toMatchObject({ misses: 1, joined: 99, hits: 0, stored: 1 })
  })

  test('a run aborts when the last who waits for it has left, not before', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const clients = [new AbortController(), new AbortController()]
    const aborted = gate<void>()
    const started = gate<void>()
    let wasAborted = false
    const compute = async (signal: AbortSignal): Promise<CacheResult> => {
      signal.addEventListener('abort', () => {
        wasAborted = true
        aborted.open()
      })
      started.open()
      await aborted.promise
      return resultOf('half', { visibility: 'unstorable' })
    }
    const answers = clients.map((client) => cache.run(readOf(), compute, client.signal))
    await started.promise
    await new Promise((resolve) => setImmediate(resolve))
    clients[0]?.abort()
    expect(wasAborted).toBe(false)
    clients[1]?.abort()
    expect(wasAborted).toBe(true)
    await Promise.all(answers)
    expect(await ask(cache, readOf(), resultOf('whole'))).toBe('miss whole')
  })

  test('nobody joins a run that was aborted', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const client = new AbortController()
    const started = gate<void>()
    const ending = gate<CacheResult>()
    const first = cache.run(
      readOf(),
      () => {
        started.open()
        return ending.promise
      },
      client.signal,
    )
    await started.promise
    client.abort()
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('miss 2')
    ending.open(resultOf('1', { visibility: 'unstorable' }))
    await first
  })
})

describe('past its time', () => {
  /** A cache whose clock the test moves; what it makes anew has ended when `renewed` has. */
  function aging(): {
    cache: ContextCache
    later: (ms: number) => void
    renewed: () => Promise<unknown>
  } {
    let now = 0
    const work: Promise<unknown>[] = []
    const cache = new ContextCache({
      store: new MemoryCache({ clock: () => now }),
      secret,
      clock: () => now,
      background: (one) => void work.push(one.catch(() => undefined)),
    })
    return { cache, later: (ms) => (now += ms), renewed: () => Promise.all(work) }
  }
  const read = readOf({ staleFor: 30 })

  test('an entry is served while it is made anew, once', async () => {
    const { cache, later, renewed } = aging()
    await ask(cache, read, resultOf('1'))
    later(60_000)
    let runs = 0
    const again = async (): Promise<CacheResult> => resultOf(`new ${++runs}`)
    const answers = await Promise.all([1, 2, 3].map(() => cache.run(read, again)))
    expect(answers.map(({ outcome, body, ttl }) => `${outcome} ${body} ${ttl}`)).toEqual(
      Array(3).fill('stale 1 0'),
    )
    await renewed()
    expect(runs).toBe(1)
    expect(await ask(cache, read, resultOf('?'))).toBe('hit new 1')
    expect(cache.stats).toMatchObject({ stale: 3, hits: 1 })
  })

  test('not longer than staleFor', async () => {
    const { cache, later } = aging()
    await ask(cache, read, resultOf('1'))
    later(90_000)
    expect(await ask(cache, read, resultOf('2'))).toBe('miss 2')
  })

  test('never what was invalidated', async () => {
    const { cache, later } = aging()
    await ask(cache, read, resultOf('1'))
    later(60_000)
    await cache.purge(['user'])
    expect(await ask(cache, read, resultOf('2'))).toBe('miss 2')
  })

  test('when making it anew fails, it is served until its end', async () => {
    const { cache, later } = aging()
    await ask(cache, read, resultOf('1'))
    later(60_000)
    const failing = (): Promise<CacheResult> => Promise.reject(new Error('upstream'))
    expect((await cache.run(read, failing)).body).toBe('1')
    expect((await cache.run(read, failing)).body).toBe('1')
  })

  test('an answer from the cache says what is left of its time', async () => {
    const { cache, later } = aging()
    await ask(cache, read, resultOf('1'))
    later(45_500)
    expect((await cache.run(read, async () => resultOf('?'))).ttl).toBe(14)
  })
})
