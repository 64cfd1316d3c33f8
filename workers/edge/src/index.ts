/** A Cloudflare Worker that caches contexts and pages by the manifest, and the Durable Object that keeps them true. */

export { createEdge, type Edge, type EdgeOptions } from './create-edge.ts'
export { keptHeaders, maximumTtl } from './entry-store.ts'
export type { EdgeOutcome } from './forward.ts'
export type {
  DurableObjectNamespaceLike,
  DurableObjectStateLike,
  DurableObjectStorageLike,
  ExecutionContextLike,
} from './platform.ts'
export type { EdgeTokenKey, EdgeTokens } from './token-reader.ts'
export { TagVersions, type TagVersionsOptions } from './tag-versions.ts'
