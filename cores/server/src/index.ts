/** The server of Mizan, without a transport: mark functions, create an app, hand it requests. */

export {
  getPrincipal,
  getRequest,
  getResponse,
  getSignal,
  invalidate,
  signIn,
  signOut,
} from './ambient.ts'
export {
  type CacheOptions,
  type CacheStats,
  type CacheStore,
  deriveCacheKey,
  type IntentList,
  type LeftOptions,
  MemoryCache,
  type MemoryCacheOptions,
  type OwedPurge,
  type PurgeOutbox,
} from './cache/index.ts'
export {
  type Channel,
  type ChannelGuard,
  type ChannelOptions,
  defineChannel,
  type Sender,
} from './channels/define-channel.ts'
export { type Client, client, type ClientDecorator } from './client.ts'
export type {
  Affected,
  CacheHint,
  ClientOptions,
  Fn,
  Guard,
  HttpMethod,
  UploadOptions,
} from './client-options.ts'
export { collect } from './collect.ts'
export { type Context, defineContext, GlobalContext } from './context.ts'
export type { App, AppOptions } from './app.ts'
export { createApp } from './create-app.ts'
export { type ContextAnswer, readContext } from './dispatch/read-context.ts'
export { defineError, type ErrorClass, type ErrorOptions } from './define-error.ts'
export type { ErrorPage } from './http/respond-error-page.ts'
export { getFormState, getFormToken } from './forms/form-ambient.ts'
export type { FormState } from './forms/form-state.ts'
export {
  defineFunctions,
  type Functions,
  type Service,
  type Source,
  type StaticService,
} from './functions.ts'
export {
  type AsymmetricAlgorithm,
  type CookieOptions as SessionCookieOptions,
  hashPassword,
  type IdentityOptions,
  type JwtOptions,
  type KeyMaterial,
  MemorySessionStore,
  type MemorySessionStoreOptions,
  type MwtOptions,
  needsRehash,
  nextRefresh,
  permissionKey,
  type Principal,
  type ReadToken,
  type RefreshState,
  type Rotated,
  type Rotation,
  type Session,
  type SessionInfo,
  type SessionStore,
  toJwks,
  type TokenKey,
  type TokenPair,
  verifyPassword,
  withoutCredentials,
} from './identity/index.ts'
export { createEdgePurger, type EdgePurgerOptions } from './invalidation/edge-purger.ts'
export { type InterruptedOptions, PurgeInterrupted } from './invalidation/purge-interrupted.ts'
export type { PurgeBatch, Purger } from './invalidation/purger.ts'
export type { IdempotencyOptions } from './idempotency/idempotency.ts'
export {
  type IdempotencyStore,
  MemoryIdempotencyStore,
  type MemoryIdempotencyStoreOptions,
} from './idempotency/idempotency-store.ts'
export type { Limits } from './limits.ts'
export { type Contributions, type Contributors, getContribution } from './contributions.ts'
export type { HealthOptions } from './health.ts'
export type { Inspection } from './inspect-app.ts'
export type { PluginRoute } from './plugin-routes.ts'
export type {
  TelemetryApi,
  TelemetryAttributes,
  TelemetryContext,
  TelemetryInstrument,
  TelemetryMeter,
  TelemetryObservable,
  TelemetryOptions,
  TelemetrySpan,
  TelemetrySpanOptions,
  TelemetryTracer,
} from './telemetry/telemetry.ts'
export type { LiveCounts } from './live/hub.ts'
export type {
  Follower,
  KeepOptions,
  LiveBus,
  LoggedMessage,
  LogTail,
  Member,
} from './live/live-bus.ts'
export type { LiveLimits, LiveOptions } from './live/live-options.ts'
export { MemoryBus, type MemoryBusOptions } from './live/memory-bus.ts'
export type { Logger } from './logger.ts'
export { definePlugin, type Plugin, type PluginHost, type RequestScope } from './plugin.ts'
export { rateLimit, type RateLimitOptions } from './rate-limit/rate-limit.ts'
export {
  MemoryRateLimitStore,
  type MemoryRateLimitStoreOptions,
  type Quota,
  type RateLimitStore,
  type Taken,
} from './rate-limit/rate-limit-store.ts'
export type { RequestView } from './request-view.ts'
export type { CookieOptions, ResponseEditor } from './response-editor.ts'
export { currentScope, type RunKind, type Scope } from './scope.ts'
export {
  type Container,
  defineToken,
  inject,
  provide,
  type Provided,
  type Token,
} from './services.ts'
export {
  endSessions,
  type EndSessionsOptions,
  issueMwt,
  issueTokens,
  type ListedSession,
  listSessions,
  rotateTokens,
  wrongCredentials,
} from './session-functions.ts'
export {
  type Authenticate,
  endSession,
  obtainMwt,
  obtainTokens,
  refreshTokens,
} from './token-functions.ts'
export type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema.ts'
export type { UnknownProperties } from './validate/index.ts'
export { redirect, view } from './view.ts'
export type { Artifact, Layer, ProtocolRequest, ProtocolResponse, Target } from '@mizan/protocol'
