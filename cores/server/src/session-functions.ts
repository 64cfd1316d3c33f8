/** What a running function may do with sessions and tokens, beside signing a browser in and out. */

import { MizanError, type TokenErrorCode } from '@mizan/protocol'
import {
  CurrentIdentity,
  type Identity,
  type ReadToken,
  type SessionInfo,
  type TokenPair,
} from './identity/index.ts'
import { runOutsideScope, type RunScope, requireScope } from './scope.ts'

/** Refuses name and password; the same words whether the name or the password is wrong. */
const credentialsWrong: TokenErrorCode = 'CREDENTIALS_WRONG'

/**
 * Starts a session of tokens for the principal with this id. The session is there at once, whatever the function does next.
 *
 * @throws TypeError in a read, without `identity.jwt`, or for an id that nobody has
 */
export async function issueTokens(id: string): Promise<TokenPair> {
  return issuer('issueTokens').issueTokens(id)
}

/**
 * Gives the successor of a refresh token. Outside the function's transaction: a token that was used twice has ended its
 * session, also when the function fails because of it.
 *
 * @throws MizanError `UNAUTHORIZED` with a code of `tokenErrors`
 */
export async function rotateTokens(refreshToken: string): Promise<TokenPair> {
  const identity = issuer('rotateTokens')
  return runOutsideScope(() => identity.refreshTokens(refreshToken))
}

/**
 * A token by which an edge knows who reads, for the caller's session.
 *
 * @throws MizanError `UNAUTHORIZED` for an anonymous caller
 */
export async function issueMwt(): Promise<ReadToken> {
  return issuer('issueMwt').issueMwt(requireScope('issueMwt').exchange.identified)
}

/** A session of the list, and whether it is the caller's own. */
export interface ListedSession extends SessionInfo {
  readonly current: boolean
}

/** The living sessions of a principal, the last seen first. A run that reads them is private. */
export async function listSessions(id: string): Promise<readonly ListedSession[]> {
  const scope = requireScope('listSessions')
  // Which one is the caller's depends on the session, of which one principal may have several.
  scope.taint('unstorable')
  const sessions = await identityOf(scope, 'listSessions').listSessions(id)
  const { sessionId } = scope.exchange.identified
  return sessions.map((session) => ({ ...session, current: session.id === sessionId }))
}

/** Options of {@link endSessions}. */
export interface EndSessionsOptions {
  /** Leaves the session that asks: "sign out everywhere else". */
  readonly exceptCurrent?: boolean
}

/**
 * Ends the sessions of a principal, and with them every token of theirs: after a change of password, or when an account is
 * closed.
 */
export async function endSessions(id: string, options: EndSessionsOptions = {}): Promise<void> {
  const scope = requireMutation('endSessions')
  const { sessionId } = scope.exchange.identified
  const except = options.exceptCurrent === true ? sessionId : undefined
  await identityOf(scope, 'endSessions').endSessions(id, except)
}

/** For a function that checks name and password itself. */
export function wrongCredentials(): MizanError {
  return new MizanError('UNAUTHORIZED', 'name or password is wrong', {
    details: { code: credentialsWrong },
  })
}

/** The identity of the app whose function runs. @throws TypeError without one */
export function identityOf(scope: RunScope, asker: string): Identity {
  const identity = scope.container.get(CurrentIdentity)
  if (identity === undefined) throw new TypeError(`${asker} needs createApp({ identity })`)
  return identity as Identity // cast: provided by createApp alone
}

/** For an answer that will hold tokens. */
function issuer(asker: string): Identity {
  const scope = requireMutation(asker)
  scope.exchange.holdsTokens = true
  return identityOf(scope, asker)
}

function requireMutation(asker: string): RunScope {
  const scope = requireScope(asker)
  if (scope.mutates) return scope
  throw new TypeError(
    `${asker}() was called in ${scope.functionName}, which runs as a read: a member of a context, or a route by GET`,
  )
}
