/** The JSDoc tags that are schema keywords, and how their text is read. */

import type { TagKeywords } from '../ir/type.ts'
import { parsePattern } from './patterns.ts'

/** Reads the text of a tag: the keyword's value, or why the text is none. */
export type TagRule = (text: string) => Parsed

/** What a tag says, or what is wrong with it. */
export type Parsed = { readonly value: unknown } | { readonly problem: string }

/** Those that the server checks; it takes any other for a remark. */
export const formats: readonly string[] = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'idn-email',
  'ipv4',
  'ipv6',
  'iri',
  'iri-reference',
  'json-pointer',
  'regex',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uri-template',
  'uuid',
]

/** Tags by name; a tag is named like its keyword. */
export const tagRules: ReadonlyMap<string, TagRule> = new Map<keyof TagKeywords, TagRule>([
  ['minLength', parseCount],
  ['maxLength', parseCount],
  ['pattern', parsePattern],
  ['format', parseFormat],
  ['minimum', parseNumber],
  ['maximum', parseNumber],
  ['exclusiveMinimum', parseNumber],
  ['exclusiveMaximum', parseNumber],
  ['multipleOf', parseStep],
  ['minItems', parseCount],
  ['maxItems', parseCount],
  ['uniqueItems', parseFlag],
  ['minProperties', parseCount],
  ['maxProperties', parseCount],
  ['title', parseText],
])

const byLowerCase: ReadonlyMap<string, string> = new Map(
  [...tagRules.keys()].map((name) => [name.toLowerCase(), name]),
)

/** The tag that was meant: `@minlength` would be ignored in silence. */
export function meantTag(name: string): string | undefined {
  return tagRules.has(name) ? undefined : byLowerCase.get(name.toLowerCase())
}

function parseCount(text: string): Parsed {
  const value = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(value)
    ? { value }
    : { problem: `needs a whole number from 0, got ${shownText(text)}` }
}

function parseNumber(text: string): Parsed {
  const value = Number(text)
  return /^-?(\d+(\.\d+)?|\.\d+)(e[-+]?\d+)?$/i.test(text) && Number.isFinite(value)
    ? { value }
    : { problem: `needs a number, got ${shownText(text)}` }
}

function parseStep(text: string): Parsed {
  const parsed = parseNumber(text)
  return 'value' in parsed && !(Number(parsed.value) > 0)
    ? { problem: `needs a number above 0, got ${shownText(text)}` }
    : parsed
}

function parseFlag(text: string): Parsed {
  return text === '' || text === 'true'
    ? { value: true }
    : { problem: `stands alone, got ${shownText(text)}` }
}

function parseText(text: string): Parsed {
  return text === '' ? { problem: 'needs a text' } : { value: text }
}

function parseFormat(text: string): Parsed {
  return formats.includes(text)
    ? { value: text }
    : {
        problem: `must be one of ${formats.join(', ')}, got ${shownText(text)}; use @pattern for any other`,
      }
}

/** The text of a tag, cut short for a message. */
export function shownText(text: string): string {
  if (text === '') return 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
