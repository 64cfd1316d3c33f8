/** The answer to a form of a page without a script: to the next page, or back with what was wrong. */

import type { MizanError, ProtocolResponse, ValidationIssue } from '@mizan/protocol'
import { cookieName, type CookieShape, formatCookie } from '../identity/cookies.ts'
import type { Header } from '../http/respond.ts'
import type { FormFacts, FormStates } from './form-state.ts'

/** What forms of one app share. */
export interface Forms {
  readonly states: FormStates
  /** Cookies are `Secure`. */
  readonly secure: boolean
}

/** Seconds that a browser has to follow the redirect. */
const maxAge = 120

/** The cookie that carries a form state. */
export function stateCookie(secure: boolean): CookieShape {
  return { name: 'mizan-form-state', secure }
}

/** Its name, as a request has it. */
export function stateCookieName({ secure }: Forms): string {
  return cookieName(stateCookie(secure))
}

/** The `Set-Cookie` that clears it: a state is shown once. */
export function clearState({ secure }: Forms): string {
  return formatCookie(stateCookie(secure), '', 0)
}

/** 303, so that a reload of the page does not send the form again. */
export function respondSeeOther(location: string, headers: readonly Header[]): ProtocolResponse {
  return {
    status: 303,
    headers: [['location', location], ['cache-control', 'no-store'], ...headers],
    body: null,
  }
}

/** What goes back with a form. */
export interface Rejected {
  readonly fn: string
  readonly error: MizanError
  readonly fields: readonly (readonly [name: string, value: string | File])[]
  readonly page: string
}

/** Back to the page, with the state in a cookie. */
export function respondBack(
  forms: Forms,
  { fn, error, fields, page }: Rejected,
  headers: readonly Header[],
): ProtocolResponse {
  const facts: FormFacts = {
    fn,
    code: error.code,
    message: error.message,
    issues: issuesOf(error),
    page: page.split('?')[0] ?? page,
    values: fields.flatMap(([name, value]) =>
      typeof value === 'string' && mayComeBack(name) ? [[name, value] as const] : [],
    ),
  }
  const cookie = formatCookie(stateCookie(forms.secure), forms.states.seal(facts), maxAge)
  return respondSeeOther(page, [...headers, ['set-cookie', cookie]])
}

function issuesOf({ code, details }: MizanError): readonly ValidationIssue[] {
  // cast: what this code carries
  return code === 'VALIDATION_FAILED' && Array.isArray(details)
    ? (details as ValidationIssue[])
    : []
}

/** What must not be shown again, or is not the visitor's. */
function mayComeBack(name: string): boolean {
  return (
    name !== 'csrf' && name !== 'next' && !/passw|secret|token|card|cvc|cvv|\bpin\b/i.test(name)
  )
}
