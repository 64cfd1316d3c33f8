/** What a server said of a form, by the paths of its fields. */

import type { MizanError, ValidationIssue } from '@mizan/protocol'

import { type Fields, fromWirePath } from './draft-path.ts'

/** A form that a server did not take. */
export interface Refusal {
  readonly message: string
  readonly issues: readonly ValidationIssue[]
}

/** What a server said of a call. */
export function asRefusal({ code, message, details }: MizanError): Refusal {
  const isList = code === 'VALIDATION_FAILED' && Array.isArray(details)
  // cast: the details that this code has, by PROTOCOL.
  return { message, issues: isList ? (details as readonly ValidationIssue[]) : [] }
}

/** What a server said, by path; what is of no field is of the form as a whole. */
export function toErrors(fields: Fields, { message, issues }: Refusal): Map<string, string> {
  const errors = new Map<string, string>()
  for (const issue of issues) {
    const path = fromWirePath(fields, issue.path)
    if (!errors.has(path)) errors.set(path, issue.message)
  }
  return errors.size > 0 ? errors : new Map([['', message]])
}

/** Whether one path is the other, or leads to it. */
export function isAlong(a: string, b: string): boolean {
  return a === b || a === '' || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)
}
