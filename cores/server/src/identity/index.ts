/** Who is asking: principals, sessions by cookie and by token, passwords, and the same-origin rules. */

export { anonymous, createIdentity } from './identity.ts'
export { CurrentIdentity } from './current-identity.ts'
export { ignoredHeaders, withoutCredentials } from './ignored-credentials.ts'
export type {
  CookieOptions,
  Identified,
  Identity,
  IdentityEnvironment,
  IdentityOptions,
  Recognised,
} from './identity-options.ts'
export type { JwtOptions, TokenPair } from './jwt.ts'
export { toJwks } from './jwks.ts'
export type { AsymmetricAlgorithm, KeyMaterial, TokenKey } from './keys.ts'
export { MemorySessionStore, type MemorySessionStoreOptions } from './memory-session-store.ts'
export type { MwtOptions, ReadToken } from './mwt.ts'
export { hashPassword, needsRehash, verifyPassword } from './passwords.ts'
export { permissionKey } from './permission-key.ts'
export { type Principal, principalKey } from './principal.ts'
export { nextRefresh, type RefreshState, type Rotated, type Rotation } from './refresh-rotation.ts'
export { assertSameOrigin, isFormEncoded, type SameOriginOptions } from './same-origin.ts'
export { assertSecretsDiffer, secretsOf } from './secrets.ts'
export type { SessionInfo } from './session-keeper.ts'
export type { Session, SessionStore } from './sessions.ts'
export { tokenRefusal } from './token-refusal.ts'
