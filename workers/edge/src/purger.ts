/** Purges what an answer names before the client sees the answer. */

import { headerNames, type ManifestContext, parseInvalidate } from '@mizan/protocol'
import type { DurableObjectNamespaceLike, ExecutionContextLike } from './platform.ts'
import type { Pushed } from './push-receiver.ts'
import { isDataTag, tagsOfTarget } from './tags.ts'
import type { VersionMemory } from './version-memory.ts'

/** Where the versions are, and who outlives the answer. */
export interface PurgeOptions {
  readonly namespace: DurableObjectNamespaceLike
  readonly execution: ExecutionContextLike
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE']
/** Milliseconds between attempts; a Worker may go on for 30 s after its answer. */
const retryDelays = [250, 1_000, 4_000, 10_000]
const attemptsTime = 30_000

/** What came of a purge: nothing was to be done, it is done, or it is being tried again. */
export type PurgeOutcome = 'none' | 'done' | 'owed'

/** The purges of one isolate. */
export class Purger {
  readonly #contexts: ReadonlyMap<string, ManifestContext>
  readonly #memory: VersionMemory
  /** Tags of purges that failed, each with a value of its own for each failure. */
  readonly #owed = new Map<string, symbol>()
  /** Milliseconds since 1970 at which the attempts that are under way are over, or were ended by the runtime. */
  #attemptsEnd = 0

  /** @param contexts What may be stored. */
  constructor(contexts: ReadonlyMap<string, ManifestContext>, memory: VersionMemory) {
    this.#contexts = contexts
    this.#memory = memory
  }

  /** Whether a purge is still owed: entries must not be used by this isolate meanwhile. */
  get isDeferred(): boolean {
    return this.#owed.size > 0
  }

  /**
   * Purges what `response` makes stale; `undefined` stands for an origin that could not be reached, which may have
   * committed.
   */
  async purge(
    request: Request,
    response: Response | undefined,
    options: PurgeOptions,
  ): Promise<PurgeOutcome> {
    return this.#purgeTags(this.#tagsOf(request, response), options)
  }

  /** Purges what the origin has pushed; `undefined` stands for everything. */
  purgePushed(pushed: Pushed | undefined, options: PurgeOptions): Promise<PurgeOutcome> {
    if (pushed === undefined) return this.#purgeTags(this.#everyContext(), options)
    const tags = pushed.targets.flatMap((target) => tagsOfTarget(target, this.#contexts))
    return this.#purgeTags([...new Set([...tags, ...pushed.changed])], options)
  }

  async #purgeTags(tags: readonly string[], options: PurgeOptions): Promise<PurgeOutcome> {
    if (tags.length === 0) return 'none'
    try {
      await this.#memory.bump(options.namespace, tags)
      return 'done'
    } catch {
      for (const tag of tags) this.#owed.set(tag, Symbol(tag))
      this.makeUp(options)
      return 'owed'
    }
  }

  /** Goes on with what is owed, unless that is under way. */
  makeUp({ namespace, execution }: PurgeOptions): void {
    if (this.#owed.size === 0 || Date.now() < this.#attemptsEnd) return
    this.#attemptsEnd = Date.now() + attemptsTime
    execution.waitUntil(this.#attempt(namespace))
  }

  #tagsOf(request: Request, response: Response | undefined): string[] {
    const targets = response?.headers.get(headerNames.invalidate) ?? ''
    const changed = response?.headers.get(headerNames.changed) ?? ''
    if (targets !== '' || changed !== '') return this.#tagsOfHeaders(targets, changed)
    const isUnsafe = !safeMethods.includes(request.method)
    return isUnsafe && isUnknownOutcome(response) ? this.#everyContext() : []
  }

  #tagsOfHeaders(targets: string, changed: string): string[] {
    const dataTags = changed.split(',').flatMap((tag) => tag.trim() || [])
    try {
      if (!dataTags.every(isDataTag)) return this.#everyContext()
      const contexts = parseInvalidate(targets)
      return [...contexts.flatMap((target) => tagsOfTarget(target, this.#contexts)), ...dataTags]
    } catch {
      // Something was changed, and it cannot be said what.
      return this.#everyContext()
    }
  }

  #everyContext(): string[] {
    return [...this.#contexts.keys()]
  }

  async #attempt(namespace: DurableObjectNamespaceLike): Promise<void> {
    for (const delay of retryDelays) {
      await new Promise((resolve) => setTimeout(resolve, delay))
      const owed = [...this.#owed]
      try {
        await this.#memory.bump(
          namespace,
          owed.map(([tag]) => tag),
        )
      } catch {
        continue
      }
      // What failed once more while these were bumped is still owed.
      for (const [tag, failure] of owed) {
        if (this.#owed.get(tag) === failure) this.#owed.delete(tag)
      }
      if (this.#owed.size === 0) break
    }
    this.#attemptsEnd = 0
  }
}

/** A gateway's answer, or none: the origin may have committed before it was lost. Mizan's own errors say what they changed. */
function isUnknownOutcome(response: Response | undefined): boolean {
  if (response === undefined) return true
  const { status, headers } = response
  // Proxies say 503 also when they lost the server's answer; Mizan's own is JSON.
  if (status === 503) return !headers.get('content-type')?.startsWith('application/json')
  return status === 502 || status === 504 || status >= 520
}
