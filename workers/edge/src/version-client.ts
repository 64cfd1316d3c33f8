/** Asks the Durable Objects for versions of tags, all of them in one parallel flight. */

import type { DurableObjectNamespaceLike } from './platform.ts'
import { shardOfTag } from './tags.ts'
import type { BumpBody, ReadBody, VersionsBody } from './tag-versions.ts'

/** Versions by tag. */
export type Versions = Readonly<Record<string, string>>

/** Milliseconds after which a read does without the cache. */
const readTimeout = 1_000
const bumpTimeout = 5_000

/**
 * The versions of `tags`.
 *
 * @throws when an object cannot be reached in time.
 */
export async function readVersions(
  namespace: DurableObjectNamespaceLike,
  tags: readonly string[],
): Promise<Versions> {
  const answers = await Promise.all(
    byShard(tags).map(async ([shard, read]) => {
      const response = await ask(namespace, shard, { body: { read }, timeout: readTimeout })
      // cast: TagVersions answers every tag of a read
      return Object.entries(((await response.json()) as VersionsBody).versions)
    }),
  )
  return Object.fromEntries(answers.flat())
}

/**
 * Gives `tags` new versions. Once it settles no entry that depends on one of them is served.
 *
 * @throws when an object cannot be reached in time.
 */
export async function bumpVersions(
  namespace: DurableObjectNamespaceLike,
  tags: readonly string[],
): Promise<void> {
  await Promise.all(
    byShard(tags).map(([shard, bump]) =>
      ask(namespace, shard, { body: { bump }, timeout: bumpTimeout }),
    ),
  )
}

interface Question {
  readonly body: ReadBody | BumpBody
  readonly timeout: number
}

async function ask(
  namespace: DurableObjectNamespaceLike,
  shard: string,
  { body, timeout }: Question,
): Promise<Response> {
  const response = await namespace
    .get(namespace.idFromName(shard))
    .fetch('https://versions.invalid/', {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    })
  if (!response.ok) throw new Error(`TagVersions "${shard}" answered ${response.status}`)
  return response
}

function byShard(tags: readonly string[]): [string, string[]][] {
  const shards = new Map<string, string[]>()
  for (const tag of new Set(tags)) {
    const shard = shardOfTag(tag)
    const others = shards.get(shard)
    if (others === undefined) shards.set(shard, [tag])
    else others.push(tag)
  }
  return [...shards]
}
