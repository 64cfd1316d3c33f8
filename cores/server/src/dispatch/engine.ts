/** What every dispatch needs; made once by `createApp`. */

import type { Layer, ProtocolResponse } from '@mizan/protocol'
import type { ContextCache } from '../cache/index.ts'
import type { Forms } from '../forms/respond-form.ts'
import type { ErrorPage } from '../http/respond-error-page.ts'
import type { Idempotency } from '../idempotency/idempotency.ts'
import type { Identity, SameOriginOptions } from '../identity/index.ts'
import type { Invalidations } from '../invalidation/invalidations.ts'
import type { PublicTags } from '../invalidation/public-tags.ts'
import type { Limits } from '../limits.ts'
import type { Live } from '../live/create-live.ts'
import type { Logger } from '../logger.ts'
import type { RequestScope } from '../plugin.ts'
import type { Entry, Registry } from '../registry.ts'
import type { Scope } from '../scope.ts'
import type { TagDigests } from './tag-digests.ts'
import type { Container } from '../services.ts'

/** The parts of a running app that dispatch works with. */
export interface Engine {
  readonly registry: Registry
  readonly identity: Identity | undefined
  readonly cache: ContextCache | undefined
  /** For holders outside the process; absent without a cache secret. */
  readonly tagDigests: TagDigests | undefined
  /** Whoever is connected. */
  readonly live: Live
  /** Carries out what mutations invalidate. */
  readonly invalidations: Invalidations
  /** What holders outside the process are told of answers, by headers. */
  readonly publicTags: PublicTags
  readonly container: Container
  /** Layers of plugins, the first outermost. */
  readonly layers: readonly Layer<Scope, unknown>[]
  /** Of plugins, around requests. */
  readonly requestLayers: readonly Layer<RequestScope, ProtocolResponse>[]
  /** What forms of pages share. */
  readonly forms: Forms
  /** Answers that a repeated call gets again. */
  readonly idempotency: Idempotency
  readonly limits: Required<Limits>
  /** For browsers; a plain one without. */
  readonly errorPage: ErrorPage | undefined
  readonly logger: Logger
  /** Whose pages may make unsafe requests. */
  readonly origins: SameOriginOptions
  /** Calls the function on its service with arguments in declaration order. */
  invoke(entry: Entry, args: readonly unknown[]): unknown
  /** Takes work that goes on after the answer: closing waits for it, and the log has its failure. */
  background(work: Promise<unknown>): void
}
