/** The string formats that are checked; any other `format` (`idn-hostname`, `byte`, one of yours) is an annotation. */

import { isEmail, isHostname, isInternationalEmail, isIpv4, isIpv6 } from './host-formats.ts'
import { isDate, isDateTime, isDuration, isTime } from './rfc3339.ts'
import { isIri, isIriReference, isUri, isUriReference, isUriTemplate } from './uri-formats.ts'

/** One format: how it is called in a message, and its check. */
export interface Format {
  readonly words: string
  readonly test: (text: string) => boolean
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const pointer = /^(?:\/(?:[^~/]|~[01])*)*$/
const relativePointer = /^(?:0|[1-9]\d{0,9})(?:#|(?:\/(?:[^~/]|~[01])*)*)$/

/** name → format. */
export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['date', { words: 'a date (YYYY-MM-DD)', test: isDate }],
  ['date-time', { words: 'an RFC 3339 date-time', test: isDateTime }],
  ['duration', { words: 'a duration such as P1DT12H', test: isDuration }],
  ['email', { words: 'an email address', test: isEmail }],
  ['hostname', { words: 'a host name', test: isHostname }],
  ['idn-email', { words: 'an email address', test: isInternationalEmail }],
  ['ipv4', { words: 'an IPv4 address', test: isIpv4 }],
  ['ipv6', { words: 'an IPv6 address', test: isIpv6 }],
  ['iri', { words: 'an absolute IRI', test: isIri }],
  ['iri-reference', { words: 'an IRI reference', test: isIriReference }],
  ['json-pointer', { words: 'a JSON Pointer', test: (text) => pointer.test(text) }],
  ['regex', { words: 'a regular expression', test: isRegex }],
  [
    'relative-json-pointer',
    { words: 'a relative JSON Pointer', test: (text) => relativePointer.test(text) },
  ],
  ['time', { words: 'an RFC 3339 time with an offset', test: isTime }],
  ['uri', { words: 'an absolute URI', test: isUri }],
  ['uri-reference', { words: 'a URI reference', test: isUriReference }],
  ['uri-template', { words: 'a URI template', test: isUriTemplate }],
  ['uuid', { words: 'a UUID', test: (text) => uuid.test(text) }],
])

/** Compiling is not running; still nobody needs a pattern of a megabyte. */
function isRegex(text: string): boolean {
  if (text.length > 1000) return false
  try {
    return new RegExp(text, 'u').source !== ''
  } catch {
    return false
  }
}
