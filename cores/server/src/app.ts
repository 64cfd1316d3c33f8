/** What an app is made of, and what it is to its backend and to code. */

import type { Artifact, ProtocolRequest, ProtocolResponse, ProtocolSocket } from '@mizan/protocol'
import type { CacheOptions, CacheStats } from './cache/index.ts'
import type { Channel } from './channels/define-channel.ts'
import type { Fn } from './client-options.ts'
import type { Functions } from './functions.ts'
import type { HealthOptions } from './health.ts'
import type { ErrorPage } from './http/respond-error-page.ts'
import type { IdempotencyOptions } from './idempotency/idempotency.ts'
import type { IdentityOptions, Principal } from './identity/index.ts'
import type { Inspection } from './inspect-app.ts'
import type { Purger } from './invalidation/purger.ts'
import type { Limits } from './limits.ts'
import type { LiveOptions } from './live/live-options.ts'
import type { Logger } from './logger.ts'
import type { Plugin } from './plugin.ts'
import type { Provided } from './services.ts'
import type { TelemetryOptions } from './telemetry/telemetry.ts'
import type { UnknownProperties } from './validate/index.ts'

/** What an app is made of. */
export interface AppOptions {
  /** From `mizan/server.gen.ts`, or `collect(…)` in a test. */
  readonly functions: Functions
  /** Path under which the endpoints stand. @default '/api/mizan' */
  readonly base?: string
  readonly plugins?: readonly Plugin[]
  /** Values for `inject`. */
  readonly provide?: readonly Provided[]
  /** Without it nothing is cached at the origin. */
  readonly cache?: CacheOptions
  /** Edges and CDNs that are told of every invalidation. */
  readonly purgers?: readonly Purger[]
  /** Without it every caller is anonymous. */
  readonly identity?: IdentityOptions
  readonly limits?: Limits
  /** What a browser shows when a page fails. @default a plain page that loads nothing */
  readonly errorPage?: ErrorPage
  /** Answers to calls with an `Idempotency-Key`. @default kept for a day in this process */
  readonly idempotency?: IdempotencyOptions
  /** What happens to arguments, and properties inside of them, that nothing declares. @default 'drop' */
  readonly unknownProperties?: UnknownProperties
  /** Sockets, server-sent events and channels. */
  readonly live?: LiveOptions
  /** Where the app says how it is; `false` leaves these paths to others. */
  readonly health?: HealthOptions | false
  /** Spans and metrics with what `@opentelemetry/api` gives; nothing is measured without it. */
  readonly telemetry?: TelemetryOptions
  readonly logger?: Logger
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A running app, without a transport. */
export interface App extends AsyncDisposable {
  readonly base: string
  readonly artifact: Artifact
  /** Starts plugins and makes services; a request starts the app too. */
  start(): Promise<void>
  /** Waits for requests in flight, then stops the plugins. */
  close(): Promise<void>
  /** Whether a backend hands this over: the base path and routes. */
  owns(method: string, path: string): boolean
  /** Answers; never rejects. 101 to `GET live/` says: upgrade, and call {@link connect}. */
  handle(request: ProtocolRequest): Promise<ProtocolResponse>
  /** The same for a backend that counts turns: the answer itself where nothing had to be waited for. */
  answer(request: ProtocolRequest): ProtocolResponse | Promise<ProtocolResponse>
  /** Takes a WebSocket that the backend has upgraded; resolves once it is known who is there. Never rejects. */
  connect(request: ProtocolRequest, socket: ProtocolSocket): Promise<void>
  /**
   * Publishes a message of a channel from code: a job, another process.
   *
   * @throws TypeError for what does not fit the channel's types; MizanError `UNAVAILABLE` without the bus
   */
  publish<Params, Message>(
    channel: Channel<Params, Message>,
    params: Params,
    message: Message,
  ): Promise<void>
  /** What is there right now, for developers. */
  inspect(): Promise<Inspection>
  /** What the origin cache did since the start; `undefined` when it is off. */
  cacheStats(): CacheStats | undefined
  /** Full dispatch from code: guard, validation, invalidation. For tests and jobs. */
  call<F extends Fn>(fn: F, args: Parameters<F>, as?: Principal): Promise<Awaited<ReturnType<F>>>
}
