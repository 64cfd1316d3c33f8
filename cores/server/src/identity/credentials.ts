/** Which explicit credential a request brings: the first of `X-Mizan-Token` and `Authorization: Bearer`. */

import { type Headers, headerNames } from '@mizan/protocol'

/** A token as it was sent; nothing about it is checked yet. */
export interface Credential {
  readonly kind: 'mwt' | 'bearer'
  readonly token: string
}

/** A token in the query is none: URLs end up in logs. Two in one header are one that no check passes. */
export function readCredential(headers: Headers): Credential | undefined {
  const mwt = headers[headerNames.token]
  if (mwt !== undefined) return { kind: 'mwt', token: joined(mwt) }
  const authorization = headers['authorization']
  if (authorization === undefined) return undefined
  // Other schemes are the business of somebody before or behind us.
  const match = /^bearer(?:[ \t]+(.*))?$/i.exec(joined(authorization).trim())
  return match === null ? undefined : { kind: 'bearer', token: match[1] ?? '' }
}

function joined(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(', ')
}
