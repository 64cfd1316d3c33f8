/** Purges what an answer names before the client sees the answer. */

import { headerNames, type ManifestContext, parseInvalidate } from '@mizan/protocol'
import type { DurableObjectNamespaceLike, ExecutionContextLike } from './platform.ts'
import { isDataTag, tagsOfTarget } from './tags.ts'
import { bumpVersions } from './version-client.ts'

/** Where the versions are, and who outlives the answer. */
export interface PurgeOptions {
  readonly namespace: DurableObjectNamespaceLike
  readonly execution: ExecutionContextLike
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE']
/** Milliseconds between attempts; a Worker may go on for 30 s after its answer. */
const retryDelays = [250, 1_000, 4_000, 10_000]

/** The purges of one isolate. */
export class Purger {
  readonly #contexts: ReadonlyMap<string, ManifestContext>
  #deferred = 0

  /** @param contexts What may be stored. */
  constructor(contexts: ReadonlyMap<string, ManifestContext>) {
    this.#contexts = contexts
  }

  /** Whether a purge is still being tried: entries must not be used by this isolate meanwhile. */
  get isDeferred(): boolean {
    return this.#deferred > 0
  }

  /**
   * Purges what `response` makes stale; `undefined` stands for an origin that could not be reached, which may have
   * committed.
   *
   * @returns Whether it is done; otherwise it is being retried.
   */
  async purge(
    request: Request,
    response: Response | undefined,
    options: PurgeOptions,
  ): Promise<boolean> {
    const tags = this.#tagsOf(request, response)
    if (tags.length === 0) return true
    try {
      await bumpVersions(options.namespace, tags)
      return true
    } catch {
      options.execution.waitUntil(this.#retry(tags, options.namespace))
      return false
    }
  }

  #tagsOf(request: Request, response: Response | undefined): string[] {
    const targets = response?.headers.get(headerNames.invalidate) ?? ''
    const changed = response?.headers.get(headerNames.changed) ?? ''
    if (targets !== '' || changed !== '') return this.#tagsOfHeaders(targets, changed)
    const isUnsafe = !safeMethods.includes(request.method)
    return isUnsafe && isUnknownOutcome(response?.status) ? this.#everyContext() : []
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

  async #retry(tags: readonly string[], namespace: DurableObjectNamespaceLike): Promise<void> {
    this.#deferred += 1
    for (const delay of retryDelays) {
      await new Promise((resolve) => setTimeout(resolve, delay))
      try {
        await bumpVersions(namespace, tags)
        break
      } catch {
        continue
      }
    }
    this.#deferred -= 1
  }
}

/** A gateway's answer, or none: the origin may have committed before it was lost. Mizan's own errors say what they changed. */
function isUnknownOutcome(status: number | undefined): boolean {
  return status === undefined || status === 502 || status === 504 || status >= 520
}
