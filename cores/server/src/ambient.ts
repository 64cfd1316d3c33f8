/** What a running function may ask for and do: request, principal, response, session, invalidation. */

import { isWireName, type Target } from '@mizan/protocol'
import type { Context } from './context.ts'
import type { Principal } from './identity/principal.ts'
import { identityOf } from './session-functions.ts'
import type { RequestView } from './request-view.ts'
import type { ResponseEditor } from './response-editor.ts'
import { requireScope, type RunScope } from './scope.ts'
import { toWireParams } from './wire-params.ts'

/** The request; a run that reads it is not stored in any cache. */
export function getRequest(): RequestView {
  const scope = requireScope('getRequest')
  scope.taint('unstorable')
  return scope.exchange.request
}

/** Who asks, or `undefined` for an anonymous caller; a run that reads it is private to that principal. */
export function getPrincipal(): Principal | undefined {
  return requireScope('getPrincipal').principal
}

/** Cookies and headers of the answer; a run that edits them is not stored in any cache. */
export function getResponse(): ResponseEditor {
  const scope = requireScope('getResponse')
  scope.taint('unstorable')
  return scope.exchange.response
}

/** Aborts when the client leaves or the function's time is over. */
export function getSignal(): AbortSignal {
  return requireScope('getSignal').signal
}

/**
 * Starts a session for the principal with this id once the function has succeeded; an older session ends. Whether there
 * is such a principal is asked now, so that the function can still fail.
 *
 * @throws TypeError in a read, in `app.call`, with an empty id, or with one that `identity.resolve` knows nobody by.
 */
export function signIn(id: string): Promise<void> {
  const scope = requireBrowser('signIn')
  if (typeof id !== 'string' || id === '')
    throw new TypeError('signIn(id): the id must be a non-empty string')
  const change = { signIn: id }
  scope.exchange.sessionChange = change
  const known = identityOf(scope, 'signIn')
    .assertKnown(id)
    .catch((error: unknown) => {
      if (scope.exchange.sessionChange === change) scope.exchange.sessionChange = undefined
      throw error
    })
  // Nobody may be waiting; the change is checked again when it is carried out.
  known.catch(() => undefined)
  return known
}

/**
 * Ends the session once the function has succeeded.
 *
 * @throws TypeError in a read or in `app.call`.
 */
export function signOut(): Promise<void> {
  const scope = requireBrowser('signOut')
  identityOf(scope, 'signOut')
  scope.exchange.sessionChange = { signIn: null }
  return Promise.resolve()
}

/**
 * Invalidates a context, a member of it, or the instances with `params` (camelCase or wire names), after success.
 *
 * @throws TypeError in a read, which changes nothing, or for what is no context's name.
 * @see PROTOCOL section 5, tier 0
 */
export function invalidate(
  target: Context | Target,
  params?: Readonly<Record<string, unknown>>,
): void {
  const scope = requireMutation('invalidate')
  const base: Target = 'context' in target ? target : { context: target.name }
  if (!isWireName(base.context) || !isWireName(base.function ?? base.context)) {
    throw new TypeError(
      `invalidate: "${base.context}${base.function === undefined ? '' : `.${base.function}`}" names no context or function; pass a context, or one of its targets`,
    )
  }
  scope.emitted.push(
    params === undefined ? base : { ...base, params: { ...base.params, ...toWireParams(params) } },
  )
}

function requireBrowser(asker: string): RunScope {
  const scope = requireMutation(asker)
  if (scope.kind === 'task') {
    throw new TypeError(
      `${asker}() was called in ${scope.functionName}, which app.call runs: there is no browser to keep a session`,
    )
  }
  if (scope.kind === 'socket') {
    throw new TypeError(
      `${asker}() was called in ${scope.functionName} over the live socket, which cannot set a cookie: call it by POST`,
    )
  }
  return scope
}

function requireMutation(asker: string): RunScope {
  const scope = requireScope(asker)
  if (!scope.mutates) {
    throw new TypeError(
      `${asker}() was called in ${scope.functionName}, which runs as a read: a member of a context, or a route by GET`,
    )
  }
  return scope
}
