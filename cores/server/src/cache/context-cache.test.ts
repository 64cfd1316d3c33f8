import { describe, expect, test } from 'vitest'
import type { CacheRead, CacheResult } from './cache-read.ts'
import type { CacheStore } from './cache-store.ts'
import { ContextCache } from './context-cache.ts'
import { MemoryCache } from './memory-cache.ts'

const secret = 'a-cache-secret-of-at-least-32-bytes!'

function readOf(changes: Partial<CacheRead> = {}): CacheRead {
  return {
    context: 'user',
    params: { id: '5' },
    rev: 0,
    artifact: 'a1',
    ttl: 60,
    user: 'ada',
    privateOnly: false,
    tags: ['user', 'user;id=5'],
    ...changes,
  }
}

function resultOf(body: string, changes: Partial<CacheResult> = {}): CacheResult {
  return { body, visibility: 'public', dataTags: [], ...changes }
}

/** Runs and tells how the answer was come by and what it was. */
async function ask(cache: ContextCache, read: CacheRead, result: CacheResult): Promise<string> {
  const answer = await cache.run(read, async () => result)
  return `${answer.outcome} ${answer.body}`
}

/** A store whose methods can be replaced one by one. */
function storeWith(inner: CacheStore, changes: Partial<CacheStore>): CacheStore {
  return {
    read: (keys) => inner.read(keys),
    write: (key, value, ttl) => inner.write(key, value, ttl),
    versions: (tags) => inner.versions(tags),
    ensureVersions: (tags) => inner.ensureVersions(tags),
    bump: (tags) => inner.bump(tags),
    ...changes,
  }
}

/** A promise that the test settles. */
function gate<T>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => (open = resolve))
  return { promise, open }
}

describe('who is served what', () => {
  test('a public run of one caller serves the others', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    expect(await ask(cache, readOf(), resultOf('1'))).toBe('miss 1')
    expect(await ask(cache, readOf({ user: 'bob' }), resultOf('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ user: null }), resultOf('3'))).toBe('hit 1')
  })

  test('a private run serves its caller only, with the same standing', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const own = (body: string): CacheResult => resultOf(body, { visibility: 'private' })
    expect(await ask(cache, readOf(), own('1'))).toBe('miss 1')
    expect(await ask(cache, readOf(), own('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ user: 'bob' }), own('3'))).toBe('miss 3')
    expect(await ask(cache, readOf({ user: null }), own('4'))).toBe('miss 4')
    expect(await ask(cache, readOf({ principalKey: 'staff' }), own('5'))).toBe('miss 5')
    expect(await ask(cache, readOf(), own('6'))).toBe('hit 1')
  })

  test('a private-only context neither reads nor writes a public entry', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    await ask(cache, readOf(), resultOf('public'))
    expect(await ask(cache, readOf({ privateOnly: true }), resultOf('1'))).toBe('miss 1')
    expect(await ask(cache, readOf({ privateOnly: true }), resultOf('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ privateOnly: true, user: 'bob' }), resultOf('3'))).toBe(
      'miss 3',
    )
  })

  test('an unstorable run is kept for nobody', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const once = (body: string): CacheResult => resultOf(body, { visibility: 'unstorable' })
    expect(await ask(cache, readOf(), once('1'))).toBe('miss 1')
    expect(await ask(cache, readOf(), once('2'))).toBe('miss 2')
  })
})

describe('what ends an entry', () => {
  test.each([['user'], ['user;id=5']])('a purge of %s', async (tag) => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    await ask(cache, readOf(), resultOf('1'))
    expect(await cache.purge(['user;id=6', 'task'])).toEqual({ deferred: false })
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('hit 1')
    expect(await cache.purge([tag])).toEqual({ deferred: false })
    expect(await ask(cache, readOf(), resultOf('3'))).toBe('miss 3')
  })

  test('its time, another artifact, another revision, other params', async () => {
    let now = 0
    const clock = (): number => now
    // The store keeps it longer: the entry's own time counts.
    const cache = new ContextCache({ store: new MemoryCache({ clock: () => 0 }), secret, clock })
    await ask(cache, readOf(), resultOf('1'))
    now = 59_999
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('hit 1')
    expect(await ask(cache, readOf({ rev: 1 }), resultOf('3'))).toBe('miss 3')
    expect(await ask(cache, readOf({ params: { id: '6' } }), resultOf('4'))).toBe('miss 4')
    now = 60_000
    expect(await ask(cache, readOf(), resultOf('5'))).toBe('miss 5')
    expect(await ask(cache, readOf({ artifact: 'a2' }), resultOf('6'))).toBe('miss 6')
  })

  test('a version that was lost', async () => {
    const store = new MemoryCache()
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf(), resultOf('1'))
    await store.bump(['user;id=5'])
    await store.ensureVersions(['user;id=5'])
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('miss 2')
  })

  test('a purge during the run that made it', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    const running = gate<CacheResult>()
    const started = gate<void>()
    const first = cache.run(readOf(), () => {
      started.open()
      return running.promise
    })
    await started.promise
    await cache.purge(['user;id=5'])
    running.open(resultOf('old'))
    expect((await first).body).toBe('old')
    expect(await ask(cache, readOf(), resultOf('new'))).toBe('miss new')
  })

  test('a changed byte, an entry under another key, and garbage', async () => {
    const inner = new MemoryCache()
    const written: [key: string, value: string][] = []
    let forge = (value: string | undefined): string | undefined => value
    const store = storeWith(inner, {
      read: async (keys) => (await inner.read(keys)).map((value) => forge(value)),
      write: async (key, value, ttl) => {
        written.push([key, value])
        await inner.write(key, value, ttl)
      },
    })
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf({ params: { id: '6' } }), resultOf('six'))
    await ask(cache, readOf(), resultOf('five'))
    const other = written[0]?.[1] ?? ''
    const forgeries: ((value: string) => string)[] = [
      (value) => value.replace('five', 'FIVE'),
      (value) => value.replace('"expires":', '"expires":9'),
      (value) => value.replace('a1', 'a2'),
      () => other,
      () => '',
      () => '\n\n',
      () => 'garbage',
      (value) => value.slice(1),
    ]
    for (const [index, tamper] of forgeries.entries()) {
      forge = (value) => (value === undefined ? undefined : tamper(value))
      const visit = await cache.open(readOf())
      expect(visit.hit, String(index)).toBeUndefined()
    }
    forge = (value) => value
    expect(await ask(cache, readOf(), resultOf('again'))).toBe('hit five')
    const stranger = new ContextCache({ store, secret: `${secret}!` })
    expect(await ask(stranger, readOf(), resultOf('mine'))).toBe('miss mine')
  })
})

describe('tags learnt during a run', () => {
  const seen = (body: string, ...dataTags: string[]): CacheResult => resultOf(body, { dataTags })

  test('the next run stores, because it had their versions before it began', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret, clock: () => 0 })
    expect(await ask(cache, readOf(), seen('1', 'db:tasks'))).toBe('miss 1')
    expect(await ask(cache, readOf(), seen('2', 'db:tasks'))).toBe('miss 2')
    const third = await cache.run(readOf({ user: 'bob' }), async () => resultOf('3'))
    expect(third).toEqual({
      body: '2',
      outcome: 'hit',
      visibility: 'public',
      tags: ['user', 'user;id=5', 'db:tasks'],
      ttl: 60,
    })
    await cache.purge(['db:tasks'])
    expect(await ask(cache, readOf(), seen('4', 'db:tasks'))).toBe('miss 4')
    expect(await ask(cache, readOf(), seen('5', 'db:tasks'))).toBe('hit 4')
  })

  test('another process learns them from the entry', async () => {
    const store = new MemoryCache()
    const one = new ContextCache({ store, secret })
    const two = new ContextCache({ store, secret })
    await ask(one, readOf(), seen('1', 'db:tasks'))
    await ask(one, readOf(), seen('2', 'db:tasks'))
    expect(await ask(two, readOf(), seen('3', 'db:tasks'))).toBe('hit 2')
    await two.purge(['db:tasks'])
    expect(await ask(two, readOf(), seen('4', 'db:tasks'))).toBe('miss 4')
    expect(await ask(one, readOf(), seen('5', 'db:tasks'))).toBe('hit 4')
  })

  test('rows that change with every run widen to their table', async () => {
    const cache = new ContextCache({ store: new MemoryCache(), secret })
    for (const id of [1, 2, 3])
      await ask(cache, readOf(), seen(`${id}`, 'db:tasks:*', `db:tasks:id=${id}`))
    expect(await ask(cache, readOf(), seen('4', 'db:tasks:*', 'db:tasks:id=4'))).toBe('miss 4')
    expect(await ask(cache, readOf(), seen('5', 'db:tasks:*', 'db:tasks:id=5'))).toBe('hit 4')
    await cache.purge(['db:tasks', 'db:tasks:id=9'])
    expect(await ask(cache, readOf(), seen('6', 'db:tasks:*', 'db:tasks:id=6'))).toBe('miss 6')
  })
})

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

test('a purge of very many tags ends their contexts and tables', async () => {
  const bumped: (readonly string[])[] = []
  const inner = new MemoryCache()
  const store = storeWith(inner, {
    bump: async (tags) => {
      bumped.push(tags)
      await inner.bump(tags)
    },
  })
  const cache = new ContextCache({ store, secret })
  const dataTags = ['db:tasks:*', 'db:tasks:id=5']
  for (const body of ['1', '2']) await ask(cache, readOf(), resultOf(body, { dataTags }))
  expect(await ask(cache, readOf(), resultOf('?', { dataTags }))).toBe('hit 2')
  const rows = Array.from({ length: 10_000 }, (_, id) => `db:tasks:id=${id + 100}`)
  await cache.purge(['user;id=7', 'db:tasks', ...rows])
  expect(bumped).toEqual([['user', 'db:tasks', 'db:tasks:*']])
  expect(await ask(cache, readOf(), resultOf('3', { dataTags }))).toBe('miss 3')
})

describe('a store that fails', () => {
  const never = (): Promise<never> => new Promise(() => undefined)
  const broken = (): Promise<never> => Promise.reject(new Error('connection refused'))

  test.each<[string, Partial<CacheStore>, string]>([
    ['refusing reads', { read: broken }, 'bypass'],
    ['hanging in reads', { read: never }, 'bypass'],
    ['refusing versions', { versions: broken }, 'bypass'],
    ['hanging in new versions', { ensureVersions: never }, 'bypass'],
    ['refusing writes', { write: broken }, 'miss'],
    ['hanging in writes', { write: never }, 'miss'],
  ])('%s costs the request its cache, nothing else', async (_name, changes, outcome) => {
    const warnings: string[] = []
    const logger = { warn: (_facts: unknown, message: string) => void warnings.push(message) }
    const cache = new ContextCache({ store: storeWith(new MemoryCache(), changes), secret, logger })
    expect(await ask(cache, readOf(), resultOf('1'))).toBe(`${outcome} 1`)
    expect(await ask(cache, readOf(), resultOf('2'))).toBe(`${outcome} 2`)
    expect(warnings[0]).toBe('the cache store does not answer; going on without it')
  })

  test('one that hangs is left alone for a while: not every request waits for it', async () => {
    let now = 0
    let asked = 0
    const store = storeWith(new MemoryCache(), {
      read: () => {
        asked++
        return never()
      },
    })
    const cache = new ContextCache({ store, secret, clock: () => now })
    for (let round = 0; round < 10; round++) {
      expect(await ask(cache, readOf(), resultOf('1'))).toBe('bypass 1')
    }
    expect(asked).toBe(3)
    now = 1000
    await ask(cache, readOf(), resultOf('1'))
    expect(asked).toBe(4)
    expect(cache.stats).toMatchObject({ bypassed: 11, errors: 4 })
  })

  test('a purge that cannot be told is deferred, and what it ends is not served meanwhile', async () => {
    const inner = new MemoryCache()
    let down = false
    const retried = gate<void>()
    const store = storeWith(inner, {
      bump: async (tags) => {
        if (down) throw new Error('connection refused')
        await inner.bump(tags)
        retried.open()
      },
    })
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf(), resultOf('old'))
    down = true
    expect(await cache.purge(['user;id=5'])).toEqual({ deferred: true })
    expect(await ask(cache, readOf(), resultOf('1'))).toBe('miss 1')
    expect(await ask(cache, readOf(), resultOf('2'))).toBe('miss 2')
    expect(await ask(cache, readOf({ params: { id: '6' }, tags: ['user'] }), resultOf('6'))).toBe(
      'miss 6',
    )
    expect(await ask(cache, readOf({ params: { id: '6' }, tags: ['user'] }), resultOf('7'))).toBe(
      'hit 6',
    )
    down = false
    await retried.promise
    await cache.close()
    expect(await ask(cache, readOf(), resultOf('3'))).toBe('miss 3')
    expect(await ask(cache, readOf(), resultOf('4'))).toBe('hit 3')
  })

  test('nobody joins a run that a deferred purge should have ended', async () => {
    const store = storeWith(new MemoryCache(), { bump: broken })
    const cache = new ContextCache({ store, secret })
    const running = gate<CacheResult>()
    const started = gate<void>()
    const first = cache.run(readOf(), () => {
      started.open()
      return running.promise
    })
    await started.promise
    expect(await cache.purge(['user'])).toEqual({ deferred: true })
    expect(await ask(cache, readOf({ user: 'bob' }), resultOf('new'))).toBe('miss new')
    running.open(resultOf('old'))
    expect((await first).body).toBe('old')
    await cache.close()
  })

  test('a deferred purge that gets through during a lookup is not overlooked', async () => {
    const inner = new MemoryCache()
    const reading = gate<void>()
    let down = false
    let hold = false
    const store = storeWith(inner, {
      bump: (tags) => (down ? broken() : inner.bump(tags)),
      read: async (keys) => {
        if (hold) await reading.promise
        return inner.read(keys)
      },
    })
    const cache = new ContextCache({ store, secret })
    await ask(cache, readOf(), resultOf('old'))
    down = true
    await cache.purge(['user'])
    down = false
    hold = true
    const asked = ask(cache, readOf(), resultOf('new'))
    await cache.close()
    reading.open()
    expect(await asked).toBe('miss new')
  })

  test('a secret under 32 bytes is refused', () => {
    expect(() => new ContextCache({ store: new MemoryCache(), secret: 'short' })).toThrow(
      /^cache.secret must have at least 32 bytes, got 5; /,
    )
  })
})
