/** The string formats that are checked; any other `format` is an annotation. */

import { isDate, parseDateTime } from './rfc3339.ts'

/** One format: how it is called in a message, and its check. */
export interface Format {
  readonly words: string
  readonly test: (text: string) => boolean
}

// One @, a local part of the characters people use, labels of the host without leading or trailing hyphen.
const email =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const scheme = /^[a-z][a-z0-9+.-]*:/i
// RFC 3986: what may stand in a URI at all; a percent sign only before two hex digits.
const uriCharacters = /^(?:[a-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})+$/i

/** name → format. */
export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['email', { words: 'an email address', test: (text) => text.length <= 254 && email.test(text) }],
  ['uuid', { words: 'a UUID', test: (text) => uuid.test(text) }],
  [
    'date-time',
    { words: 'an RFC 3339 date-time', test: (text) => parseDateTime(text) !== undefined },
  ],
  ['date', { words: 'a date (YYYY-MM-DD)', test: isDate }],
  ['uri', { words: 'an absolute URI', test: isUri }],
])

function isUri(text: string): boolean {
  return scheme.test(text) && uriCharacters.test(text) && URL.canParse(text)
}
