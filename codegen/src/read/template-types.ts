/** Template literal types: strings of a pattern. */

import { ts } from 'ts-morph'
import type { TypeNode } from '../ir/type.ts'
import type { TypePlace, TypeReader } from './types.ts'

/** Reads `` `task-${number}` ``. */
export function readTemplate(type: ts.Type, place: TypePlace, types: TypeReader): TypeNode {
  const { texts, types: parts } = type as ts.TemplateLiteralType // cast: checked by the caller
  const patterns = parts.map(patternOf)
  if (patterns.includes(undefined)) {
    return types.refuse(place, 'is a template literal of types that have no pattern; use string')
  }
  const pattern = texts.map((text, index) => `${escape(text)}${patterns[index] ?? ''}`).join('')
  return {
    kind: 'template',
    text: types.reading.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation),
    pattern: `^${pattern}$`,
  }
}

/** What TypeScript takes for `${number}`. */
export const numberPattern = '-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?'

function patternOf(type: ts.Type): string | undefined {
  if (type.flags & ts.TypeFlags.String) return '[\\s\\S]*'
  if (type.flags & ts.TypeFlags.BigInt) return '-?(0|[1-9][0-9]*)'
  if (type.flags & ts.TypeFlags.Number) return numberPattern
  return undefined
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
