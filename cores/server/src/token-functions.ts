/**
 * The functions that clients get and give back tokens with. An app opts in by marking them, under names of its own:
 * `export const jwtObtain = client(obtainTokens(authenticate))`.
 */

import { signOut } from './ambient.ts'
import type { ReadToken, TokenPair } from './identity/index.ts'
import { withoutCredentials, withoutReadToken } from './identity/ignored-credentials.ts'
import { issueMwt, issueTokens, rotateTokens, wrongCredentials } from './session-functions.ts'

/**
 * Says who has this name and this password; `null` for nobody. It runs inside the function, so `inject` works in it. Check
 * with `verifyPassword(password, user?.passwordHash)`, also when there is no such user.
 */
export type Authenticate = (name: string, password: string) => Promise<string | null>

/** `jwt_obtain`: name and password for a pair of tokens. Ignores credentials of the request. */
export function obtainTokens(
  authenticate: Authenticate,
): (name: string, password: string) => Promise<TokenPair> {
  return withoutCredentials(async function jwtObtain(
    name: string,
    password: string,
  ): Promise<TokenPair> {
    const id = await authenticate(name, password)
    if (id === null) throw wrongCredentials()
    return issueTokens(id)
  })
}

/** `jwt_refresh`: a refresh token for the next pair. Ignores credentials of the request. */
export function refreshTokens(): (refreshToken: string) => Promise<TokenPair> {
  return withoutCredentials(function jwtRefresh(refreshToken: string): Promise<TokenPair> {
    return rotateTokens(refreshToken)
  })
}

/** `mwt_obtain`: a token for the edge, for whom the request's access token or cookie stands for. */
export function obtainMwt(): () => Promise<ReadToken> {
  return withoutReadToken(function mwtObtain(): Promise<ReadToken> {
    return issueMwt()
  })
}

/** `logout`: ends the session of the request's access token or cookie, and with it all its tokens. */
export function endSession(): () => Promise<void> {
  return function logout(): Promise<void> {
    return signOut()
  }
}
