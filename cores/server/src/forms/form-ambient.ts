/** What the page of a form needs: its token, and what was wrong with it the last time. */

import { readCookie } from '../identity/cookies.ts'
import { requireScope } from '../scope.ts'
import { identityOf } from '../session-functions.ts'
import { type FormState, toFormState } from './form-state.ts'
import { clearState, stateCookieName } from './respond-form.ts'

/**
 * The value of the hidden field `csrf`, without which a browser's form is refused. Sets the cookie to which it is bound where
 * there is none; the page is stored in no cache.
 *
 * @throws TypeError outside of a request of a browser, and without `createApp({ identity })`
 */
export function getFormToken(): string {
  const scope = requireScope('getFormToken')
  scope.taint('unstorable')
  const { incoming, identified, response } = scope.exchange
  if (incoming === undefined)
    throw new TypeError(
      'getFormToken() was called in app.call: there is no browser to keep a cookie',
    )
  const { token, setCookie } = identityOf(scope, 'getFormToken').csrfToken(incoming, identified)
  if (setCookie !== undefined) response.addCookie?.(setCookie)
  return token
}

/**
 * What was wrong with the form that this page has sent to `fn`, and what had been typed; `undefined` when nothing was. It is
 * told once: a reload shows the empty form.
 *
 * @param fn wire name of the form's function; any when absent
 */
export function getFormState(fn?: string): FormState | undefined {
  const scope = requireScope('getFormState')
  scope.taint('unstorable')
  const { incoming, forms, response } = scope.exchange
  if (incoming === undefined || forms === undefined) return undefined
  const cookie = readCookie(incoming.headers, stateCookieName(forms))
  if (cookie.state !== 'present') return undefined
  const facts = forms.states.open(cookie.value)
  if (facts === undefined || facts.page !== incoming.path) return undefined
  if (fn !== undefined && facts.fn !== fn) return undefined
  response.addCookie?.(clearState(forms))
  return toFormState(facts)
}
