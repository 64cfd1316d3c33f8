/** Pages that were rendered before somebody asks: found, rendered, ended by mutations. */

import { createHash } from 'node:crypto'
import type { ProtocolResponse } from '@mizan/protocol'
import type { Logger } from '@mizan/server'
import { takeLock } from './page-lock.ts'
import { PageFailures } from './page-failures.ts'
import type { PageStore } from './page-store.ts'
import { type PublicPage, type RenderedAnswer, toAnswer } from './rendered-answer.ts'
import {
  bumpVersions,
  digest,
  ensureVersions,
  fromText,
  indexFolder,
  lockName,
  pageName,
  readVersions,
  type StoredPage,
  toText,
} from './stored-page.ts'

/** What {@link Pages} work with. */
export interface PagesOptions {
  readonly store: PageStore
  /** Digest of what the app runs: pages of another one are not served. */
  readonly artifact: string
  /** Answers a GET of `path` for nobody in particular. */
  readonly render: (path: string) => Promise<ProtocolResponse>
  /** Renders in the background at once. */
  readonly concurrency: number
  /** Milliseconds after a change in which further changes cost no render of their own. */
  readonly delay: number
  readonly logger: Logger
  readonly clock: () => number
}

/** What was found of a page. */
export interface FoundPage {
  readonly page: StoredPage
  /** Whether nothing that it depends on has changed. */
  readonly isFresh: boolean
}

/** What came of rendering a page. */
export type RenderOutcome =
  | { readonly kind: 'page'; readonly page: StoredPage }
  | Exclude<RenderedAnswer, { readonly kind: 'page' }>

/** Renders of one page in a row, when its tags or what they stand for change meanwhile. */
const maximumPasses = 4
/** Milliseconds that another process may hold a page's lock. */
const lockTime = 30_000
const lockInterval = 50
/** Milliseconds for which a path that is no page for everybody is not tried again. */
const otherTime = 30_000
const maximumKnown = 10_000

/** The pages of one app. */
export class Pages {
  readonly failures: PageFailures = new PageFailures()
  readonly #options: PagesOptions
  readonly #renders = new Map<string, Promise<RenderOutcome>>()
  /** Paths that changed while they were rendered. */
  readonly #dirty = new Set<string>()
  /** Paths that are to be rendered in the background. */
  readonly #waiting = new Set<string>()
  /** Tags of pages, so that a page and its versions are read together. */
  readonly #tags = new Map<string, readonly string[]>()
  readonly #others = new Map<string, number>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #running = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: PagesOptions) {
    this.#options = options
  }

  /** The page at `path`, if there is one. */
  async find(path: string): Promise<FoundPage | undefined> {
    const { store, artifact, clock } = this.#options
    const known = this.#tags.get(path) ?? []
    const [stored, versions] = await Promise.all([
      store.read([pageName(artifact, path)]),
      known.length === 0 ? {} : readVersions(store, known),
    ])
    const page = fromText(stored[0])
    if (page === undefined || page.path !== path) return undefined
    const tags = Object.keys(page.versions)
    const unread = tags.filter((tag) => !known.includes(tag))
    const current: Record<string, string> = {
      ...versions,
      ...(unread.length > 0 ? await readVersions(store, unread) : {}),
    }
    this.#remember(path, tags)
    const isUnchanged = tags.every((tag) => current[tag] === page.versions[tag])
    return { page, isFresh: isUnchanged && page.expires > clock() }
  }

  /** Whether `path` was lately found to be no page for everybody. */
  isOther(path: string): boolean {
    return (this.#others.get(path) ?? 0) > this.#options.clock()
  }

  /** Renders the page; whoever asks meanwhile gets what comes of it, which is of now. */
  render(path: string): Promise<RenderOutcome> {
    const running = this.#renders.get(path)
    if (running !== undefined) return running
    const render = this.#renderLocked(path).finally(() => {
      this.#renders.delete(path)
      if (this.#dirty.delete(path)) this.#schedule([path])
    })
    this.#renders.set(path, render)
    return render
  }

  /** Ends what depends on `tags`, and renders it anew. Resolves when it is ended. */
  async purge(tags: readonly string[]): Promise<void> {
    const { store, artifact } = this.#options
    const held = await bumpVersions(store, tags)
    this.#others.clear()
    const folders = held.map((tag) => indexFolder(artifact, tag))
    const found = await Promise.all(folders.map((folder) => store.list(folder)))
    const digests = [...new Set(found.flat())]
    const pages = await store.read(digests.map((one) => `pages/${artifact}/${one}`))
    this.#schedule(pages.flatMap((stored) => fromText(stored)?.path ?? []))
  }

  /** Renders what is waiting, and waits for what is being rendered. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.allSettled(this.#renders.values())
    await this.#options.store.close?.()
  }

  #schedule(paths: readonly string[]): void {
    if (this.#isClosed) return
    for (const path of paths) {
      if (this.#renders.has(path)) this.#dirty.add(path)
      else this.#waiting.add(path)
    }
    if (this.#waiting.size === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#work()
    }, this.#options.delay)
    this.#timer.unref()
  }

  #work(): void {
    while (!this.#isClosed && this.#running < this.#options.concurrency) {
      const [path] = this.#waiting
      if (path === undefined) break
      this.#waiting.delete(path)
      this.#running += 1
      void this.#renderUnlessFresh(path).finally(() => {
        this.#running -= 1
        this.#work()
      })
    }
  }

  async #renderUnlessFresh(path: string): Promise<void> {
    try {
      // Whoever has come by meanwhile had it rendered.
      if ((await this.find(path))?.isFresh !== true) await this.render(path)
    } catch (error) {
      this.#options.logger.warn({ error, path }, 'a page was not rendered in the background')
    }
  }

  /** With the lock of the page; when another process has it, what comes of its render. */
  async #renderLocked(path: string): Promise<RenderOutcome> {
    const { store, artifact, clock } = this.#options
    const lock = lockName(pageName(artifact, path))
    const began = clock()
    while (clock() - began < lockTime) {
      const release = await takeLock(store, lock, { milliseconds: lockTime, clock })
      if (release !== undefined) {
        try {
          return await this.#renderNow(path)
        } finally {
          await release()
        }
      }
      await new Promise((resolve) => setTimeout(resolve, lockInterval))
      const found = await this.find(path)
      if (found?.isFresh) return { kind: 'page', page: found.page }
    }
    return { kind: 'failure', reason: 'another process does not finish rendering it' }
  }

  async #renderNow(path: string): Promise<RenderOutcome> {
    const { store, artifact, render } = this.#options
    const name = pageName(artifact, path)
    let tags = this.#tags.get(path) ?? []
    for (let pass = 0; pass < maximumPasses; pass += 1) {
      const [before] = await store.read([name])
      // Before the render: what a mutation overtakes is stored under versions of before it, and so not served.
      const versions = await ensureVersions(store, tags)
      const answer = await render(path).then(toAnswer, (error: unknown) => toFailure(error))
      if (answer.kind !== 'page') return this.#withoutPage(path, answer)
      const { page } = answer
      const isKnown = page.tags.every((tag) => Object.hasOwn(versions, tag))
      tags = page.tags
      if (!isKnown) continue
      const current = await readVersions(store, tags)
      if (tags.some((tag) => current[tag] !== versions[tag])) continue
      const stored = this.#toStored(path, page, versions)
      await this.#index(tags, path)
      // One that is newer than this may have come from another process.
      if (await store.write(name, toText(stored), { etag: before?.etag ?? null }))
        return this.#withPage(stored)
    }
    return { kind: 'other', reason: 'it changes faster than it is rendered' }
  }

  #toStored(
    path: string,
    page: PublicPage,
    versions: Readonly<Record<string, string>>,
  ): StoredPage {
    return {
      path,
      html: page.html,
      headers: page.headers,
      etag: `"${createHash('sha256').update(page.html).digest('base64url').slice(0, 22)}"`,
      versions: Object.fromEntries(page.tags.map((tag) => [tag, versions[tag] ?? ''])),
      expires: this.#options.clock() + page.ttl * 1_000,
    }
  }

  async #index(tags: readonly string[], path: string): Promise<void> {
    const { store, artifact } = this.#options
    const names = tags.map((tag) => `${indexFolder(artifact, tag)}/${digest(path)}`)
    const stored = await store.read(names)
    const missing = names.filter((_, index) => stored[index] === undefined)
    await Promise.all(missing.map((name) => store.write(name, path)))
  }

  #withPage(page: StoredPage): RenderOutcome {
    this.#remember(page.path, Object.keys(page.versions))
    if (this.failures.delete(page.path))
      this.#options.logger.info({ path: page.path }, 'a page renders again')
    return { kind: 'page', page }
  }

  async #withoutPage(
    path: string,
    answer: Exclude<RenderedAnswer, { readonly kind: 'page' }>,
  ): Promise<RenderOutcome> {
    const { store, artifact, logger, clock } = this.#options
    const { reason } = answer
    if (answer.kind === 'other') {
      this.failures.delete(path)
      if (this.#others.size >= maximumKnown) this.#others.clear()
      this.#others.set(path, clock() + otherTime)
      await store.remove(pageName(artifact, path))
      return answer
    }
    const { attempts, retryAt } = this.failures.add(path, reason, clock())
    logger.error({ path, reason, attempts }, 'a page fails to render; the last good one stays')
    if (!this.#isClosed) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#schedule([path])
      }, retryAt - clock())
      this.#timers.add(timer.unref())
    }
    return answer
  }

  #remember(path: string, tags: readonly string[]): void {
    if (this.#tags.size >= maximumKnown) this.#tags.clear()
    this.#tags.set(path, tags)
  }
}

function toFailure(error: unknown): RenderedAnswer {
  return { kind: 'failure', reason: error instanceof Error ? error.message : String(error) }
}
