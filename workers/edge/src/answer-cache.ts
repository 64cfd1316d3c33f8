/** Answers reads: from an entry whose versions are those of now, otherwise from the origin. */

import { headerNames } from '@mizan/protocol'
import { readBounded } from './bounded-body.ts'
import { type CachePolicy, parseCachePolicy } from './cache-policy.ts'
import {
  type Entry,
  entryKey,
  keptHeaders,
  maximumTtl,
  readEntry,
  writeEntry,
} from './entry-store.ts'
import { type EdgeOutcome, forward, toClient, toConditional, unreachable } from './forward.ts'
import type { DurableObjectNamespaceLike, ExecutionContextLike } from './platform.ts'
import type { ReadRequest } from './read-request.ts'
import { isDataTag, shardOfTag, tagsOfInstance } from './tags.ts'
import type { Reader } from './token-reader.ts'
import type { Versions } from './version-client.ts'
import type { VersionMemory } from './version-memory.ts'

/** What an {@link AnswerCache} is made for. */
export interface AnswerCacheOptions {
  /** The manifest's; answers of a server that runs another one are passed on and not kept. */
  readonly artifact: string
  /** Contexts whose changes the edge sees. */
  readonly contexts: ReadonlyMap<string, unknown>
  readonly maximumBytes: number
  /** Seconds past its time for which an unchanged entry is served while the origin is asked. */
  readonly staleFor: number
  /** Seconds past its time for which an unchanged entry is served when the origin fails. */
  readonly staleIfError: number
  readonly memory: VersionMemory
  readonly clock: () => number
}

/** One read, and where its answer may come from. */
export interface Read {
  readonly request: Request
  readonly wanted: ReadRequest
  /** Who asks, when that is proved. */
  readonly reader: Reader | undefined
  /** Whether versions of a moment ago will not do. */
  readonly isFreshWanted: boolean
  readonly origin: string
  readonly namespace: DurableObjectNamespaceLike
  readonly execution: ExecutionContextLike
}

/** Tags on which one entry may depend. */
const maximumTags = 128
/** Milliseconds after which an entry is asked for once more that was being asked for. */
const refreshTime = 10_000
const maximumRefreshes = 1_000

/** The answers that one Worker keeps. */
export class AnswerCache {
  readonly #options: AnswerCacheOptions
  /** Entries that are being asked for in the background, and since when. */
  readonly #refreshes = new Map<string, number>()

  constructor(options: AnswerCacheOptions) {
    this.#options = options
  }

  /** The answer for the client; an error of the origin is passed on, and so is its absence. */
  async read(read: Read): Promise<Response> {
    const { request, namespace, execution } = read
    const now = this.#options.clock()
    const place = await this.#placeOf(read, now)
    const entries = await this.#entriesAt(place)
    const learnt = entries.flatMap(({ facts }) => Object.keys(facts.versions))
    const tags = [...new Set([...place.own, ...learnt])]
    // Before the origin is asked: an answer that a mutation overtakes is stored with versions of before it.
    const versions = await this.#options.memory
      .read(namespace, tags, read.isFreshWanted)
      .catch(() => undefined)
    const usable = entries.filter((entry) => this.#isUnchanged(entry, versions, place.own))
    const [entry] = usable.sort((a, b) => b.facts.expires - a.facts.expires)
    for (const one of entries) if (one !== entry) await one.body?.cancel()
    const staleSeconds = entry === undefined ? Infinity : (now - entry.facts.expires) / 1_000
    if (entry !== undefined && staleSeconds < Math.max(0, this.#options.staleFor)) {
      if (staleSeconds >= 0) execution.waitUntil(this.#refresh(read, { ...place, versions }))
      return toConditional(request, fromEntry(entry, staleSeconds < 0 ? 'hit' : 'stale'))
    }
    const answer = await this.#ask(read, { ...place, versions }).catch(() => undefined)
    if (entry !== undefined && isFailure(answer) && staleSeconds < this.#options.staleIfError) {
      // What was changed while the origin did not answer is not served either.
      const latest = await this.#options.memory.read(namespace, tags, true).catch(() => undefined)
      if (this.#isUnchanged(entry, latest, place.own)) {
        await answer?.body?.cancel()
        return toConditional(request, fromEntry(entry, 'stale'))
      }
    }
    await entry?.body?.cancel()
    const isProtocol = read.wanted.page === undefined || answer === undefined
    return toConditional(
      request,
      toClient(answer ?? unreachable(), { outcome: 'miss', isProtocol }),
    )
  }

  async #placeOf({ wanted, origin, reader }: Read, began: number): Promise<Place> {
    const { context, facts, params } = wanted
    const scope = { origin, artifact: this.#options.artifact }
    return {
      ...(facts.user_scoped ? {} : { publicKey: await entryKey(wanted, scope) }),
      ...(reader && { privateKey: await entryKey(wanted, { ...scope, reader }) }),
      own: tagsOfInstance(context, facts.params, params),
      began,
    }
  }

  async #entriesAt({ publicKey, privateKey }: Place): Promise<Entry[]> {
    const keys = [privateKey, publicKey].filter((key) => key !== undefined)
    const entries = await Promise.all(keys.map((key) => readEntry(key)))
    return entries.filter((entry) => entry !== undefined)
  }

  /** Asks for what is past its time while it is still served; once at a time in this isolate. */
  async #refresh(read: Read, place: ReadPlace): Promise<void> {
    const key = `${place.publicKey} ${place.privateKey}`
    if (place.began - (this.#refreshes.get(key) ?? -Infinity) < refreshTime) return
    if (this.#refreshes.size >= maximumRefreshes) this.#refreshes.clear()
    this.#refreshes.set(key, place.began)
    try {
      const answer = await this.#ask(read, place)
      await answer.body?.cancel()
    } catch {
      // The next one who comes by asks again, and it is served meanwhile.
    } finally {
      this.#refreshes.delete(key)
    }
  }

  async #ask({ request, wanted, origin }: Read, place: ReadPlace): Promise<Response> {
    const { target } = wanted
    const response = await forward(request, { origin, target, unconditional: true })
    const policy = parseCachePolicy(response.headers.get(headerNames.cache))
    const key = policy?.visibility === 'public' ? place.publicKey : place.privateKey
    if (!policy || !key || !place.versions) return response
    if (!this.#maySave(response, policy, { wanted, own: place.own })) return response
    const body = await readBounded(response.body, this.#options.maximumBytes)
    const ttl = Math.min(policy.ttl, wanted.facts.ttl || maximumTtl, maximumTtl)
    if (ttl > 0 && body instanceof Uint8Array) {
      const tags = [...place.own, ...policy.tags]
      const facts = {
        artifact: policy.artifact,
        versions: Object.fromEntries(tags.map((tag) => [tag, place.versions?.[tag] ?? null])),
        expires: place.began + ttl * 1_000,
        headers: kept(response.headers),
      }
      const grace = Math.max(0, this.#options.staleFor, this.#options.staleIfError)
      await writeEntry(key, { facts, body, ttl: Math.min(ttl + grace, maximumTtl) })
    }
    return new Response(body, response)
  }

  #isUnchanged({ facts }: Entry, versions: Versions | undefined, own: readonly string[]): boolean {
    return (
      versions !== undefined &&
      facts.artifact === this.#options.artifact &&
      // A version that is missing on both sides is no match.
      [...own, ...Object.keys(facts.versions)].every(
        (tag) => versions[tag] !== undefined && facts.versions[tag] === versions[tag],
      )
    )
  }

  #maySave(response: Response, policy: CachePolicy, { wanted, own }: Instance): boolean {
    // A page may read several contexts; what one context's answer depends on is known beforehand.
    const isSeen = (tag: string): boolean =>
      own.includes(tag) || isDataTag(tag) || (wanted.page !== undefined && this.#isOfContext(tag))
    return (
      response.status === 200 &&
      policy.artifact === this.#options.artifact &&
      policy.tags.length <= maximumTags &&
      policy.tags.every(isSeen) &&
      !response.headers.has('set-cookie') &&
      Number(response.headers.get('content-length') ?? 0) <= this.#options.maximumBytes
    )
  }

  #isOfContext(tag: string): boolean {
    return this.#options.contexts.has(shardOfTag(tag).replace(/^ctx:/, ''))
  }
}

interface Instance {
  readonly wanted: ReadRequest
  readonly own: readonly string[]
}

/** Where an answer is looked for, and kept. */
interface Place {
  /** Absent where nothing is everybody's. */
  readonly publicKey?: string
  /** Absent where nobody has said who asks. */
  readonly privateKey?: string
  /** The tags that the instance has by its params. */
  readonly own: readonly string[]
  /** When versions were read, in milliseconds. */
  readonly began: number
}

interface ReadPlace extends Place {
  /** Read before the origin was asked; `undefined` when they could not be had. */
  readonly versions: Versions | undefined
}

/** Whether the origin has failed, in a way that its next answer may not. */
function isFailure(answer: Response | undefined): boolean {
  return answer === undefined || answer.status >= 500
}

function fromEntry({ facts, body }: Entry, outcome: EdgeOutcome): Response {
  return new Response(body, {
    headers: { ...facts.headers, 'cache-control': 'no-store', 'x-mizan-edge': outcome },
  })
}

function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}
