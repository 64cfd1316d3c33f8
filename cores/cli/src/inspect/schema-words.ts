/** Schemas for people. */

import type { JsonSchema } from '@mizan/protocol'

/** A schema in a few words of TypeScript. */
export function wordOf(schema: JsonSchema): string {
  const kinds = {
    date: 'Date',
    bigint: 'bigint',
    bytes: 'Uint8Array',
    map: 'Map',
    set: 'Set',
    void: 'void',
    file: 'File',
  }
  if (schema['x-mizan'] !== undefined) return kinds[schema['x-mizan']]
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '')
  if (schema.anyOf !== undefined) return schema.anyOf.map(wordOf).join(' | ')
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (Object.hasOwn(schema, 'const')) return JSON.stringify(schema.const)
  if (schema.type === 'array') {
    return schema.items === undefined || schema.items === false
      ? 'a tuple'
      : `(${wordOf(schema.items)})[]`.replace(/^\((\w+)\)/, '$1')
  }
  return schema.type ?? 'unknown'
}
