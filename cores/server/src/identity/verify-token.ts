/** Checks the signature and the claims that every token has; what is wrong becomes a code. */

import type { TokenErrorCode } from '@mizan/protocol'
import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
  SignJWT,
} from 'jose'
import type { KeySet, LoadedKey } from './keys.ts'
import { tokenRefusal } from './token-refusal.ts'

/** Seconds that clocks may differ. */
export const clockTolerance = 30

/** Longer ones are not looked at. Characters. */
export const maximumTokenLength = 8_192

/** What a token must be. */
export interface TokenExpectation {
  readonly keys: KeySet
  /** `typ` of the JOSE header. */
  readonly typ: 'JWT' | 'MWT'
  readonly audience: string
  readonly issuer?: string
  readonly required: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * The claims of a token that is what it should be.
 *
 * @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors`
 */
export async function verifyToken(
  token: string,
  expectation: TokenExpectation,
): Promise<JWTPayload> {
  const { keys, typ, now } = expectation
  // An application may check its arguments less strictly than the types say.
  if (
    typeof token !== 'string' ||
    token.length > maximumTokenLength ||
    !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)
  )
    throw tokenRefusal('TOKEN_MALFORMED')
  const key = keyOf(token, keys, typ)
  try {
    const { payload } = await jwtVerify(token, key.checking, {
      algorithms: [key.algorithm],
      audience: expectation.audience,
      ...(expectation.issuer === undefined ? {} : { issuer: expectation.issuer }),
      requiredClaims: [...expectation.required],
      clockTolerance,
      currentDate: new Date(now),
    })
    if (typeof payload.iat === 'number' && payload.iat * 1000 > now + clockTolerance * 1000)
      throw tokenRefusal('TOKEN_NOT_YET_VALID')
    return payload
  } catch (error) {
    const code = codeOf(error)
    throw code === undefined ? error : tokenRefusal(code, error)
  }
}

/**
 * The key that the header names, if it is the right one for such a token: nothing else in the header is believed.
 * The kind comes first, so that a token in the wrong place is told so whatever its keys are.
 */
function keyOf(token: string, keys: KeySet, typ: string): LoadedKey {
  const header = headerOf(token)
  if (header.typ !== typ) throw tokenRefusal('TOKEN_TYPE')
  const key = typeof header.kid === 'string' ? keys.byKid.get(header.kid) : undefined
  if (key === undefined) throw tokenRefusal('TOKEN_KEY_UNKNOWN')
  // A key is for one algorithm: a public key is never the secret of an HMAC.
  if (key.algorithm !== header.alg) throw tokenRefusal('TOKEN_ALGORITHM')
  return key
}

function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token)
  } catch (cause) {
    throw tokenRefusal('TOKEN_MALFORMED', cause)
  }
}

/** Signs `claims` with the first key. */
export function signToken(keys: KeySet, typ: 'JWT' | 'MWT', claims: JWTPayload): Promise<string> {
  const { kid, algorithm, signing } = keys.signing
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ }).sign(signing)
}

function codeOf(error: unknown): TokenErrorCode | undefined {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'invalid') return 'TOKEN_CLAIMS'
    if (error.claim === 'aud') return 'TOKEN_AUDIENCE'
    if (error.claim === 'iss') return 'TOKEN_ISSUER'
    return error.claim === 'nbf' && error.reason === 'check_failed'
      ? 'TOKEN_NOT_YET_VALID'
      : 'TOKEN_CLAIMS'
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM'
  return error instanceof errors.JOSEError ? 'TOKEN_MALFORMED' : undefined
}
