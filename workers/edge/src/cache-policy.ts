/** What the origin allows to be kept: `X-Mizan-Cache: public; ttl=60; tags=user+user%3Buser_id%3D5; artifact=…`. */

/** An answer that may be kept. */
export interface CachePolicy {
  /** For everybody, or only for who asked. */
  readonly visibility: 'public' | 'private'
  /** Seconds. */
  readonly ttl: number
  /** Tags on whose versions the answer depends. */
  readonly tags: readonly string[]
  /** Digest of what the origin runs. */
  readonly artifact: string
}

const grammar =
  /^(public|private); ttl=(\d{1,9}); tags=([^;+\s]+(?:\+[^;+\s]+)*); artifact=([0-9a-f]{1,64})$/

/** Reads the header. `undefined`, which stores nothing, for anything that is not of the grammar, and for a header that came twice. */
export function parseCachePolicy(header: string | null): CachePolicy | undefined {
  const [, visibility, ttl, tags, artifact] = grammar.exec(header ?? '') ?? []
  if (ttl === undefined || tags === undefined || artifact === undefined) return undefined
  try {
    return {
      visibility: visibility === 'public' ? 'public' : 'private',
      ttl: Number(ttl),
      tags: tags.split('+').map(decodeURIComponent),
      artifact,
    }
  } catch {
    return undefined
  }
}
