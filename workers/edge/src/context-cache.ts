/** Answers reads of contexts: from an entry whose versions are those of now, otherwise from the origin. */

import { headerNames } from '@mizan/protocol'
import { readBounded } from './bounded-body.ts'
import { type CachePolicy, parseCachePolicy } from './cache-policy.ts'
import type { ContextRequest } from './context-request.ts'
import {
  type Entry,
  entryKey,
  keptHeaders,
  maximumTtl,
  readEntry,
  writeEntry,
} from './entry-store.ts'
import { forward, toClient, toConditional, unreachable } from './forward.ts'
import type { DurableObjectNamespaceLike } from './platform.ts'
import { isDataTag, tagsOfInstance } from './tags.ts'
import { readVersions, type Versions } from './version-client.ts'

/** What a {@link ContextCache} is made for. */
export interface ContextCacheOptions {
  /** The manifest's; answers of a server that runs another one are passed on and not kept. */
  readonly artifact: string
  readonly maximumBytes: number
  readonly clock: () => number
}

/** One read, and where its answer may come from. */
export interface ContextRead {
  readonly request: Request
  readonly wanted: ContextRequest
  readonly origin: string
  readonly namespace: DurableObjectNamespaceLike
}

/** Tags on which one entry may depend. */
const maximumTags = 128

/** The public answers of one Worker. */
export class ContextCache {
  readonly #options: ContextCacheOptions

  constructor(options: ContextCacheOptions) {
    this.#options = options
  }

  /** The answer for the client; an error of the origin is passed on, and so is its absence. */
  async read(read: ContextRead): Promise<Response> {
    const { request, wanted, origin } = read
    const began = this.#options.clock()
    const key = await entryKey(wanted, { origin, artifact: this.#options.artifact })
    const own = tagsOfInstance(wanted.context, wanted.facts.params, wanted.params)
    const entry = await readEntry(key)
    const tags = [...own, ...Object.keys(entry?.facts.versions ?? {})]
    // Before the origin is asked: an answer that a mutation overtakes is stored with versions of before it.
    const versions = await readVersions(read.namespace, tags).catch(() => undefined)
    if (
      entry !== undefined &&
      versions !== undefined &&
      this.#isFresh(entry, { versions, tags, now: began })
    ) {
      return toConditional(request, fromEntry(entry))
    }
    await entry?.body?.cancel()
    const answer = await this.#ask(read, { key, own, versions, began }).catch(unreachable)
    return toConditional(request, toClient(answer, { outcome: 'miss', isProtocol: true }))
  }

  async #ask({ request, wanted, origin }: ContextRead, place: EntryPlace): Promise<Response> {
    const { target } = wanted
    const response = await forward(request, { origin, target, unconditional: true })
    const policy = parseCachePolicy(response.headers.get(headerNames.cache))
    if (!policy || !place.versions || !this.#maySave(response, policy, place.own)) return response
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
      await writeEntry(place.key, { facts, body, ttl })
    }
    return new Response(body, response)
  }

  #isFresh({ facts }: Entry, { versions, tags, now }: Moment): boolean {
    return (
      facts.artifact === this.#options.artifact &&
      facts.expires > now &&
      // A version that is missing on both sides is no match.
      tags.every((tag) => versions[tag] !== undefined && facts.versions[tag] === versions[tag])
    )
  }

  #maySave(response: Response, policy: CachePolicy, own: readonly string[]): boolean {
    return (
      response.status === 200 &&
      policy.artifact === this.#options.artifact &&
      policy.tags.length <= maximumTags &&
      policy.tags.every((tag) => own.includes(tag) || isDataTag(tag)) &&
      !response.headers.has('set-cookie') &&
      Number(response.headers.get('content-length') ?? 0) <= this.#options.maximumBytes
    )
  }
}

/** What an entry is held against. */
interface Moment {
  readonly versions: Versions
  /** Every tag that the entry depends on. */
  readonly tags: readonly string[]
  /** Milliseconds. */
  readonly now: number
}

/** Where an answer is to be kept. */
interface EntryPlace {
  readonly key: string
  /** The tags that the instance has by its params. */
  readonly own: readonly string[]
  /** Read before the origin was asked; `undefined` when they could not be had. */
  readonly versions: Versions | undefined
  /** When they were read, in milliseconds. */
  readonly began: number
}

function fromEntry({ facts, body }: Entry): Response {
  return new Response(body, {
    headers: { ...facts.headers, 'cache-control': 'no-store', 'x-mizan-edge': 'hit' },
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
