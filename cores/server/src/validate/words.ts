/** How a schema is called in a message ("an integer or null") and, shorter, in `expected` ("integer | null"). */

import type { JsonSchema } from '@mizan/protocol'
import { formats } from './formats.ts'

const shownMembers = 6

const articles: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
}

const kindWords: Readonly<Record<string, string>> = {
  date: 'an RFC 3339 date-time',
  bigint: 'a decimal integer in a string',
  bytes: 'base64',
  map: 'an array of pairs',
  set: 'an array',
  void: 'null',
}

/** Words for a sentence: `must be …`. */
export function sentenceOf(schema: JsonSchema): string {
  const listed = listOf(schema)
  if (listed !== undefined)
    return join(
      listed.map((value) => JSON.stringify(value)),
      ', ',
      ' or ',
    )
  if (schema.$ref !== undefined) return nameOf(schema.$ref)
  if (schema.anyOf !== undefined)
    return join([...new Set(schema.anyOf.map(sentenceOf))], ', ', ' or ')
  const kind = schema['x-mizan']
  if (kind !== undefined) return kindWords[kind] ?? kind
  if (schema.type === 'string' && schema.format !== undefined) {
    return formats.get(schema.format)?.words ?? 'a string'
  }
  if (schema.type !== undefined) return articles[schema.type] ?? schema.type
  return schema.allOf?.[0] === undefined ? 'a JSON value' : sentenceOf(schema.allOf[0])
}

/** Words for a table: `expected`. */
export function shortOf(schema: JsonSchema): string {
  const listed = listOf(schema)
  if (listed !== undefined)
    return join(
      listed.map((value) => JSON.stringify(value)),
      ' | ',
      ' | ',
    )
  if (schema.$ref !== undefined) return nameOf(schema.$ref)
  if (schema.anyOf !== undefined) return join([...new Set(schema.anyOf.map(shortOf))], ' | ', ' | ')
  const kind = schema['x-mizan']
  if (kind !== undefined) return kind
  if (schema.type === 'string' && schema.format !== undefined && formats.has(schema.format))
    return schema.format
  return schema.type ?? (schema.allOf?.[0] === undefined ? 'json' : shortOf(schema.allOf[0]))
}

function listOf(schema: JsonSchema): readonly unknown[] | undefined {
  return schema.enum ?? (Object.hasOwn(schema, 'const') ? [schema.const] : undefined)
}

function nameOf(reference: string): string {
  return reference.slice('#/$defs/'.length)
}

function join(words: readonly string[], comma: string, last: string): string {
  if (words.length > shownMembers) {
    return `${words.slice(0, shownMembers).join(comma)}${comma}… (${words.length} in all)`
  }
  return words.length < 2
    ? (words[0] ?? 'nothing')
    : `${words.slice(0, -1).join(comma)}${last}${words.at(-1)}`
}
