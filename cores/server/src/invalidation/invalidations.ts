/** Carries out what mutations invalidate: the cache, who holds answers elsewhere, and what must not be forgotten. */

import { parseInvalidate, type Target } from '@mizan/protocol'
import {
  type ContextCache,
  type IntentList,
  type OwedPurge,
  type PurgeOutbox,
  tagsOfTargets,
  withinTime,
} from '../cache/index.ts'
import { everythingTag, fromDataTag, isDataTag, toDataTag } from '../dispatch/data-tag.ts'
import type { TagDigests } from '../dispatch/tag-digests.ts'
import type { Logger } from '../logger.ts'
import { groupsOfStale } from './groups.ts'
import { type Intent, Intents } from './intents.ts'
import { PushQueue } from './push-queue.ts'
import type { PurgeBatch, Purger } from './purger.ts'
import type { Stale } from './stale-set.ts'
import { Sweeper } from './sweeper.ts'

/** Milliseconds that a sweep waits for the purgers. */
const patience = 5000
/** Milliseconds that an answer waits for purgers that are near. */
const nearPatience = 1000

/** A purge that a commit has left in an outbox. */
export interface Outboxed {
  readonly outbox: PurgeOutbox
  readonly id: string
}

/** What {@link Invalidations} work with. */
export interface InvalidationsOptions {
  readonly cache: ContextCache | undefined
  /** For functions without a transaction. */
  readonly intents: IntentList | undefined
  /** Milliseconds that such a function waits for them. @default 50 */
  readonly patience?: number | undefined
  /** Of plugins: what was committed together with data. */
  readonly outboxes: readonly PurgeOutbox[]
  readonly purgers: readonly Purger[]
  readonly digests: TagDigests
  /** Broad targets of all contexts: what a swept purge of everything ends. @default none */
  readonly everything?: readonly Target[]
  /** Told of what was swept, which no request of this process has told anybody. */
  readonly onSwept?: ((stale: Stale) => void) | undefined
  readonly logger: Logger
}

/** The invalidations of one app. */
export class Invalidations {
  readonly #options: InvalidationsOptions
  readonly #queues: readonly PushQueue[]
  readonly #intents: Intents
  readonly #sweeper: Sweeper

  constructor(options: InvalidationsOptions) {
    const { intents, outboxes, purgers, logger } = options
    this.#options = options
    const toBatch = (stale: Stale): PurgeBatch => this.#toBatch(stale)
    this.#queues = purgers.map((purger) => new PushQueue({ purger, toBatch, logger }))
    this.#intents = new Intents(intents, options.patience)
    this.#sweeper = new Sweeper({
      outboxes: intents === undefined ? outboxes : [...outboxes, intents],
      carryOut: (purge) => this.#carryOutLeft(purge),
      logger,
    })
  }

  /** Whether a commit is written down together with what it purges. */
  get hasOutbox(): boolean {
    return this.#options.outboxes.length > 0
  }

  /** Whether there is a list in which a function without a transaction writes down what it may change. */
  get hasIntents(): boolean {
    return this.#options.intents !== undefined
  }

  start(): void {
    this.#sweeper.start()
  }

  /** Carries out what others left. @param age milliseconds since it was written down or renewed */
  sweep(age?: number): Promise<void> {
    return this.#sweeper.sweep(age)
  }

  /** Waits for the look that is under way; there is none after it. */
  stopSweeping(): Promise<void> {
    return this.#sweeper.close()
  }

  async close(): Promise<void> {
    await this.stopSweeping()
    await Promise.all(this.#queues.map((queue) => queue.close()))
  }

  /** Writes down what a function without a transaction may come to change, before it runs. */
  intend(targets: readonly Target[]): Promise<Intent> {
    // The contexts as a whole: what the function will name itself is not known yet.
    return this.#intents.intend([...new Set(targets.map(({ context }) => context))])
  }

  /** Purges; resolves before whoever holds answers elsewhere was told, which goes on. */
  async carryOut(stale: Stale, outboxed: readonly Outboxed[] = []): Promise<{ deferred: boolean }> {
    const pushes = this.#queues.map((queue) => queue.push(stale))
    const told = Promise.all(pushes)
    const near = pushes.filter((_, index) => this.#queues[index]?.isAwaited)
    const [purged, isNearTold] = await Promise.all([this.#purge(toTags(stale)), inTime(near)])
    if (!isNearTold) return { deferred: true }
    // What is deferred stays in its outbox, and is swept from there if this process does not live to retry.
    if (!purged.deferred && outboxed.length > 0) void told.then(() => this.#settle(outboxed))
    return purged
  }

  async #purge(tags: readonly string[]): Promise<{ deferred: boolean }> {
    return this.#options.cache?.purge(tags) ?? { deferred: false }
  }

  async #settle(outboxed: readonly Outboxed[]): Promise<void> {
    for (const { outbox, id } of outboxed) {
      // Purging again what is swept again does no harm.
      await outbox.settle([id]).catch((error: unknown) => {
        this.#options.logger.warn({ error, outbox: outbox.name }, 'a purge could not be settled')
      })
    }
  }

  async #carryOutLeft({ tags: owed }: OwedPurge): Promise<boolean> {
    const tags = owed.includes(toDataTag(everythingTag)) ? this.#withEverything(owed) : owed
    const stale = fromTags(tags)
    const told = Promise.all(this.#queues.map((queue) => queue.push(stale)))
    if ((await this.#purge(tags)).deferred) return false
    this.#options.onSwept?.(stale)
    return withinTime(patience, () => told).then(
      () => true,
      () => false,
    )
  }

  /** Who left it there (a migration) knows of no contexts. */
  #withEverything(tags: readonly string[]): readonly string[] {
    return [...new Set([...tags, ...tagsOfTargets(this.#options.everything ?? [])])]
  }

  #toBatch(stale: Stale): PurgeBatch {
    const { digests } = this.#options
    const changed = digests.ofWrites(stale.writes)
    return { targets: stale.targets, changed, groups: groupsOfStale(digests, stale) }
  }
}

/** Whether those who are near have confirmed before the answer leaves. */
async function inTime(pushes: readonly Promise<void>[]): Promise<boolean> {
  if (pushes.length === 0) return true
  return withinTime(nearPatience, () => Promise.all(pushes)).then(
    () => true,
    () => false,
  )
}

/** Tags of the cache that `stale` ends. */
export function toTags({ targets, writes }: Stale): string[] {
  return [...tagsOfTargets(targets), ...[...writes].map(toDataTag)]
}

/** The way back; a tag of absent params stands beside the tag of its value, which says the same. */
function fromTags(tags: readonly string[]): Stale {
  const targets = tags.filter((tag) => !isDataTag(tag) && !/;[^=]*$/.test(tag))
  return {
    targets: targets.flatMap((tag) => parseInvalidate(tag)),
    writes: tags.filter(isDataTag).map(fromDataTag),
  }
}
