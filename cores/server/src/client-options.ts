/** What may be said of a function where it is marked. */

import type { Layer, Target } from '@mizan/protocol'
import type { Context } from './context.ts'
import type { ErrorClass } from './define-error.ts'
import type { Principal } from './identity/principal.ts'
import type { RequestView } from './request-view.ts'
import type { Scope } from './scope.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** Any function; `any[]` would turn defaulted parameters into `any`. */
export type Fn = (...args: never[]) => unknown

/** Methods that a route may answer; HEAD comes with GET. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Who may call: anyone signed in, staff, superusers, or whom the function admits. */
export type Guard =
  | true
  | 'staff'
  | 'superuser'
  | ((principal: Principal, request: RequestView) => boolean | Promise<boolean>)

/** Seconds that a cached answer lives, and seconds that it may be served past that while its tags are unchanged. */
export interface CacheHint {
  readonly ttl?: number
  readonly staleFor?: number
}

/** What a function with `File` arguments takes. */
export interface UploadOptions {
  /** Bytes of one file. @default limits.file of the app */
  readonly maxBytes?: number
  /** @default 20 */
  readonly maxFiles?: number
  /** Media types, such as `image/png` or `image/*`. @default any */
  readonly types?: readonly string[]
}

/** What a function invalidates. */
export type Affected = Context | Target

/** Options of `client`; each must be a constant expression that the compiler can read. */
export interface ClientOptions {
  /** The wire name, where two would meet. */
  readonly name?: string
  /** Makes the function a read of this context. Excludes `affects` and `merge`. */
  readonly context?: Context
  /** The result replaces the member of this context whose type it has. */
  readonly merge?: Context
  /** What the function changes. */
  readonly affects?: Affected | readonly Affected[]
  /** No client may call it; with a `route` it can still be reached (webhooks). */
  readonly private?: true
  /** A path of its own: `/profile/:userId/`. */
  readonly route?: string
  /** @default ['GET'] in a context, ['POST'] otherwise */
  readonly methods?: readonly HttpMethod[]
  readonly auth?: Guard
  /** `false` never, a number of seconds, or both times. */
  readonly cache?: false | number | CacheHint
  /** Increment to leave behind what an older version cached. */
  readonly rev?: number
  /** May also be called over the live socket. */
  readonly websocket?: true
  /** Checks the arguments, given as one object, instead of the declared types. */
  readonly input?: StandardSchemaV1
  /** Error classes that clients get as a typed union. */
  readonly throws?: readonly ErrorClass[]
  /** `false`: statements commit one by one. */
  readonly transaction?: false
  /** Milliseconds until the call answers `TIMEOUT` and its signal aborts. */
  readonly timeout?: number
  /** Limits for `File` arguments. */
  readonly upload?: UploadOptions
  /** Around this function only; the first is the outermost. */
  readonly use?: readonly Layer<Scope, unknown>[]
}
