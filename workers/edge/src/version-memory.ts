/** Versions of tags as this isolate has lately read them: whoever did not just change something may rely on them. */

import type { DurableObjectNamespaceLike } from './platform.ts'
import { bumpVersions, readVersions, type Versions } from './version-client.ts'

/** What a {@link VersionMemory} is made for. */
export interface VersionMemoryOptions {
  /** Milliseconds for which a version may be relied on; 0 asks every time. */
  readonly maximumAge: number
  readonly clock: () => number
}

interface Remembered {
  readonly version: string
  /** When it was asked for, in milliseconds: the answer may be as old as that. */
  readonly at: number
}

const maximumTags = 10_000

/** The versions that one isolate knows. */
export class VersionMemory {
  readonly #options: VersionMemoryOptions
  readonly #known = new Map<string, Remembered>()
  /** Counts bumps: what was asked for before one is not remembered after it. */
  #bumps = 0

  constructor(options: VersionMemoryOptions) {
    this.#options = options
  }

  /**
   * The versions of `tags`.
   *
   * @param fresh whether they must be those of now
   * @throws when an object cannot be reached in time
   */
  async read(
    namespace: DurableObjectNamespaceLike,
    tags: readonly string[],
    fresh: boolean,
  ): Promise<Versions> {
    const { maximumAge, clock } = this.#options
    const at = clock()
    const known = fresh
      ? []
      : tags.flatMap((tag) => {
          const one = this.#known.get(tag)
          return one !== undefined && at - one.at < maximumAge ? [[tag, one.version] as const] : []
        })
    const versions = Object.fromEntries(known)
    const unknown = tags.filter((tag) => !Object.hasOwn(versions, tag))
    if (unknown.length === 0) return versions
    const bumps = this.#bumps
    const read = await readVersions(namespace, unknown)
    if (bumps === this.#bumps) this.#remember(read, at)
    return { ...versions, ...read }
  }

  /**
   * Gives `tags` new versions.
   *
   * @throws when an object cannot be reached in time
   */
  async bump(namespace: DurableObjectNamespaceLike, tags: readonly string[]): Promise<void> {
    this.#bumps += 1
    for (const tag of tags) this.#known.delete(tag)
    await bumpVersions(namespace, tags)
    // What was asked for meanwhile may be of before.
    this.#bumps += 1
    for (const tag of tags) this.#known.delete(tag)
  }

  #remember(versions: Versions, at: number): void {
    if (this.#options.maximumAge <= 0) return
    if (this.#known.size >= maximumTags) this.#known.clear()
    for (const [tag, version] of Object.entries(versions)) this.#known.set(tag, { version, at })
  }
}
