/** Who is asking: principals, cookie sessions, and the same-origin rules. */

export {
  type CookieOptions,
  createIdentity,
  type Identified,
  type Identity,
  type IdentityEnvironment,
  type IdentityOptions,
} from './identity.ts'
export { type Principal, principalKey } from './principal.ts'
export { assertSameOrigin, isFormEncoded, type SameOriginOptions } from './same-origin.ts'
export {
  MemorySessionStore,
  type MemorySessionStoreOptions,
  type Session,
  type SessionStore,
} from './sessions.ts'
