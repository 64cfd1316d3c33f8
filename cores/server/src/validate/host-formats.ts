/** Hosts and mailboxes: `hostname`, `ipv4`, `ipv6`, `email`, `idn-email`. */

import { isIPv4, isIPv6 } from 'node:net'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
// The characters people use; quoted local parts and address literals are refused, as mailers disagree on them.
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const internationalPart = /^[^\s@"(),:;<>[\\\].\p{C}]+(?:\.[^\s@"(),:;<>[\\\].\p{C}]+)*$/u
const internationalLabel = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u

/** RFC 1123: labels of letters, digits and inner hyphens. */
export function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part))
}

/** Four decimal numbers without leading zeros. */
export function isIpv4(text: string): boolean {
  return isIPv4(text)
}

/** RFC 4291, without a zone. */
export function isIpv6(text: string): boolean {
  return text.length <= 45 && !text.includes('%') && isIPv6(text)
}

/** A mailbox of a host with a domain: `me@example.com`. */
export function isEmail(text: string): boolean {
  const [local, host] = partsOf(text)
  return localPart.test(local) && host.includes('.') && isHostname(host)
}

/** The same with letters of all scripts. */
export function isInternationalEmail(text: string): boolean {
  const [local, host] = partsOf(text)
  const labels = host.split('.')
  return (
    internationalPart.test(local) &&
    labels.length > 1 &&
    labels.every((part) => internationalLabel.test(part))
  )
}

/** RFC 5321 allows 254 characters, 64 of them before the @. */
function partsOf(text: string): readonly [local: string, host: string] {
  const at = text.indexOf('@')
  return text.length > 254 || at < 1 || at > 64 ? ['', ''] : [text.slice(0, at), text.slice(at + 1)]
}
