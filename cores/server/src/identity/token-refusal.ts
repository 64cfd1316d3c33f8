/** The one form in which tokens are refused. */

import { MizanError, type TokenErrorCode } from '@mizan/protocol'

/** `UNAUTHORIZED` with `details.code`. The message says nothing of the token itself. */
export function tokenRefusal(code: TokenErrorCode, cause?: unknown): MizanError {
  return new MizanError('UNAUTHORIZED', messages[code], { details: { code }, cause })
}

const messages: Readonly<Record<TokenErrorCode, string>> = {
  TOKEN_MALFORMED: 'the token is not one signed token',
  TOKEN_ALGORITHM: 'the token is signed with an algorithm that its key is not for',
  TOKEN_KEY_UNKNOWN: 'the token is signed with a key that is not known here',
  TOKEN_SIGNATURE: 'the signature of the token is wrong',
  TOKEN_AUDIENCE: 'the token is meant for somebody else',
  TOKEN_ISSUER: 'the token was issued by somebody else',
  TOKEN_EXPIRED: 'the token has expired',
  TOKEN_NOT_YET_VALID: 'the token is not valid yet',
  TOKEN_CLAIMS: 'the token lacks a claim, or holds one of another type',
  TOKEN_TYPE: 'this is another kind of token than the one that belongs here',
  TOKEN_METHOD: 'this kind of token is for GET, HEAD and QUERY only',
  TOKEN_UNSUPPORTED: 'tokens of this kind are not taken here',
  SESSION_ENDED: 'the session of the token has ended',
  REFRESH_REUSED: 'the refresh token was used before; its session has been ended',
  PRINCIPAL_CHANGED: 'permissions have changed since the token was issued; get another one',
  CREDENTIALS_WRONG: 'name or password is wrong',
}
