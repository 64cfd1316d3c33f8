/** A database, processes that cache it, and every promise of PROTOCOL section 6 that they broke. */

import {
  type CacheResult,
  type CacheStore,
  ContextCache,
  type OwedPurge,
  type PurgeOutbox,
  tagsOfInstance,
} from '../src/cache/index.ts'
import { createTagDigests } from '../src/dispatch/tag-digests.ts'
import { Invalidations, toTags } from '../src/invalidation/invalidations.ts'
import type { Logger } from '../src/logger.ts'

const secret = 'a-cache-secret-of-at-least-32-bytes!'
const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} }
export const processes = 2
const rows = ['a', 'b'] as const

/** `declared` is invalidated by targets, `observed` by the data tags of its runs. */
export type Kind = 'declared' | 'observed'

/** What a caller does. */
export type Step =
  | {
      readonly kind: 'read'
      readonly process: number
      readonly user: string
      readonly row: string
      readonly context: Kind
      /** Turns that the function takes; a negative number makes it fail. */
      readonly slow: number
    }
  | {
      readonly kind: 'write'
      readonly process: number
      readonly row: string
      /** Which target the function names. */
      readonly scope: 'broad' | 'partial' | 'full'
      /** Whether a transaction writes down what it purges in its own commit. */
      readonly transaction: boolean
    }
  | { readonly kind: 'die'; readonly process: number }
  | { readonly kind: 'sweep'; readonly process: number }
  | { readonly kind: 'store'; readonly change: (choice: number) => unknown; readonly name: string }
  | { readonly kind: 'time' }

/** Rules that a test can break, to see that the promise notices. */
export interface WorldFaults {
  /** What a run read is from before the versions that it is stored with. */
  readonly readsBeforeVersions?: boolean
  readonly answersBeforePurge?: boolean
  readonly forgetsDeferred?: boolean
  /** A dead process's purges stay undone. */
  readonly neverSweeps?: boolean
}

/** How a world is made. */
export interface WorldOptions {
  readonly turn: () => Promise<void>
  readonly connect: (turn: () => Promise<void>) => CacheStore
  readonly faults?: WorldFaults
}

interface Process {
  readonly cache: ContextCache
  readonly invalidations: Invalidations
  isDead: boolean
}

interface Body {
  readonly row: string
  readonly value: number
  /** Whom the run looked at. */
  readonly user: string | null
}

export class World {
  readonly #options: WorldOptions
  readonly #faults: WorldFaults
  readonly #processes: Process[]
  /** What the database holds, and beside it in the same commits, what is to be purged. */
  readonly #rows = new Map<string, number>(rows.map((row) => [row, 0]))
  readonly #outbox = new Map<string, OwedPurge>()
  /** What the last commit of a transaction left in each row. */
  readonly #inTransactions = new Map<string, number>()
  /** What every process must show, and, where a purge was deferred, what its own process must show. */
  readonly #promised: Map<string, number>[]
  #now = 0
  #ids = 0
  readonly outcomes = new Map<string, number>()
  readonly broken: string[] = []

  constructor(options: WorldOptions) {
    this.#options = options
    this.#faults = options.faults ?? {}
    this.#processes = Array.from({ length: processes }, () => this.#start())
    this.#promised = this.#processes.map(() => new Map())
  }

  async take(step: Step, choice: number): Promise<void> {
    await this.#options.turn()
    if (step.kind === 'read') await this.#read(step)
    else if (step.kind === 'write') await this.#write(step)
    else if (step.kind === 'die') this.#die(step.process)
    else if (step.kind === 'sweep') await this.#sweep(step.process)
    else if (step.kind === 'time') this.#now += 40_000
    else await step.change(choice)
  }

  /**
   * Once everything is back and was swept, everybody shows what was written down in a commit. What no transaction covers is
   * lost with a process that dies while the store cannot be reached: nobody knows of it any more.
   */
  async settle(): Promise<void> {
    for (const process of this.#processes) await this.#unlessDead(process, process.cache.close())
    if (this.#faults.neverSweeps !== true) await this.#processes[0]?.invalidations.sweep(0)
    for (const row of rows) {
      for (const context of ['declared', 'observed'] as const) {
        const certain = context === 'observed' ? this.#rows : this.#inTransactions
        for (const promised of this.#promised) {
          promised.set(row, Math.max(certain.get(row) ?? 0, promised.get(row) ?? 0))
        }
        for (const [process] of this.#processes.entries())
          await this.#read({ kind: 'read', process, user: 'ada', row, context, slow: 0 })
      }
    }
  }

  #start(): Process {
    const process: { isDead: boolean } = { isDead: false }
    const store = this.#options.connect(() => this.#turnOf(process))
    const clock = (): number => this.#now
    const cache = new ContextCache({ store, secret, clock })
    const invalidations = new Invalidations({
      cache,
      intents: store.intents,
      outboxes: [this.#outboxFor(process)],
      purgers: [],
      digests: createTagDigests(secret),
      logger: silent,
    })
    return Object.assign(process, { cache, invalidations })
  }

  /** What is of a dead process goes no further, wherever it stands. */
  #turnOf(process: { readonly isDead: boolean }): Promise<void> {
    if (process.isDead) return new Promise(() => undefined)
    return this.#options
      .turn()
      .then(() => (process.isDead ? new Promise(() => undefined) : undefined))
  }

  #outboxFor(process: { readonly isDead: boolean }): PurgeOutbox {
    return {
      name: 'outbox',
      left: async ({ limit }) => {
        await this.#turnOf(process)
        return [...this.#outbox.values()].slice(0, limit)
      },
      settle: async (ids) => {
        await this.#turnOf(process)
        for (const id of ids) this.#outbox.delete(id)
      },
    }
  }

  #die(index: number): void {
    const process = this.#processes[index]
    if (process === undefined) return
    process.isDead = true
    this.#count('died')
    this.#processes[index] = this.#start()
    // What the dead one alone owed is owed to nobody who was answered, but for what was deferred.
    this.#promised[index] = new Map(this.#promisedToAll)
  }

  /** What was answered without `deferred`. */
  readonly #promisedToAll = new Map<string, number>()

  async #sweep(index: number): Promise<void> {
    const process = this.#processes[index]
    if (process === undefined || this.#faults.neverSweeps === true) return
    await this.#unlessDead(process, process.invalidations.sweep(0))
  }

  async #read(step: Step & { kind: 'read' }): Promise<void> {
    const { process: index, user, row, context } = step
    const process = this.#processes[index]
    if (process === undefined) return
    const least = this.#promised[index]?.get(row) ?? 0
    const params = { row }
    const early = this.#rows.get(row) ?? 0
    const asked = process.cache.run(
      {
        context,
        params,
        rev: 0,
        artifact: 'a1',
        ttl: 60,
        staleFor: 60,
        user,
        privateOnly: false,
        tags: context === 'declared' ? tagsOfInstance(context, params, ['other', 'row']) : [],
      },
      () => this.#compute(process, { ...step, early }),
    )
    const answer = await this.#unlessDead(
      process,
      asked.catch(() => undefined),
    )
    if (answer === undefined) return
    this.#count(answer.outcome)
    const body = JSON.parse(answer.body) as Body // cast: #compute wrote it
    const told = JSON.stringify({ process: index, asked: { user, row, context }, answer })
    if (body.row !== row) this.broken.push(`the answer of another row: ${told}`)
    if (body.value < least) this.broken.push(`older than ${least}, answered before: ${told}`)
    if (body.user !== null && body.user !== user) this.broken.push(`another caller's: ${told}`)
  }

  /** Looks at the caller when the value is odd: the same context ends public or private. */
  async #compute(
    process: Process,
    { row, context, user, slow, early }: Step & { kind: 'read'; early: number },
  ): Promise<CacheResult> {
    await this.#turnOf(process)
    const value = this.#faults.readsBeforeVersions === true ? early : (this.#rows.get(row) ?? 0)
    for (let turn = 0; turn < Math.abs(slow); turn++) await this.#turnOf(process)
    if (slow < 0) throw new Error('the function failed')
    const body: Body = { row, value, user: value % 2 === 1 ? user : null }
    return {
      body: JSON.stringify(body),
      visibility: value % 2 === 1 ? 'private' : 'public',
      dataTags: context === 'observed' ? ['db:rows:*', `db:rows:id=${row}`] : [],
    }
  }

  async #write(step: Step & { kind: 'write' }): Promise<void> {
    const { process: index, row, scope, transaction } = step
    const process = this.#processes[index]
    if (process === undefined) return
    const params = { broad: {}, partial: { row }, full: { row, other: 'x' } }[scope]
    const target = { context: 'declared', ...(scope === 'broad' ? {} : { params }) }
    const stale = { targets: [target], writes: ['rows', `rows:id=${row}`] }
    const mutate = async (): Promise<{ value: number; deferred: boolean }> => {
      const intent = transaction ? undefined : await process.invalidations.intend([target])
      await this.#turnOf(process)
      const value = (this.#rows.get(row) ?? 0) + 1
      this.#rows.set(row, value)
      const id = String(++this.#ids)
      if (transaction) this.#inTransactions.set(row, value)
      if (transaction) this.#outbox.set(id, { id, tags: toTags(stale) })
      else this.#outbox.set(id, { id, tags: ['db:rows', `db:rows:id=${row}`] })
      const outboxed = [{ outbox: this.#outboxFor(process), id }]
      if (this.#faults.answersBeforePurge === true)
        this.#promise(index, row, { value, deferred: false })
      await this.#turnOf(process)
      const carried = await process.invalidations.carryOut(stale, outboxed)
      void intent?.end(carried)
      return { value, deferred: carried.deferred && this.#faults.forgetsDeferred !== true }
    }
    const answered = await this.#unlessDead(process, mutate())
    if (answered !== undefined) this.#promise(index, row, answered)
  }

  #promise(index: number, row: string, answered: { value: number; deferred: boolean }): void {
    const { value, deferred } = answered
    this.#count(deferred ? 'deferred' : 'purged')
    const all = deferred ? [] : [this.#promisedToAll]
    for (const promised of [...all, ...this.#promised]) {
      if (deferred && promised !== this.#promised[index]) continue
      promised.set(row, Math.max(promised.get(row) ?? 0, value))
    }
  }

  /** Nobody waits for an answer of a process that has died. */
  async #unlessDead<T>(process: Process, work: Promise<T>): Promise<T | undefined> {
    let isDone = false
    const done = work.finally(() => (isDone = true))
    void done.catch(() => undefined)
    while (!isDone && !process.isDead) await this.#options.turn()
    return process.isDead ? undefined : done
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }
}
