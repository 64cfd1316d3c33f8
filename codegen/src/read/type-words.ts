/** Words for types, of which the names of generic ones are made: `Page<Task | null>` is `PageOfNullOrTask`. */

import { ts } from 'ts-morph'
import { compareText } from '../problem.ts'
import { libraryTypeOf } from './library-types.ts'
import type { Reading } from './reading.ts'
import { constituentsOf } from './union-constituents.ts'

/** The words of any text as one name: `task-list` becomes `TaskList`. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')
}

/** Deeper parts add nothing that a reader could still follow. */
const maximumDepth = 3

/** More properties of an object would not make its word clearer. */
const shownProperties = 3

/** What words are made with. */
export interface WordReading {
  readonly reading: Reading
  /** The name that the source gives to a type. */
  nameOf(type: ts.Type): string | undefined
}

/** A word for `type` that is the same whatever else was read: the checker's own text orders unions by type ids. */
export function wordOf(type: ts.Type, words: WordReading, depth = 0): string {
  const { reading } = words
  const name = words.nameOf(type)
  if (name !== undefined) return pascalCase(name)
  if (depth >= maximumDepth) return ''
  const inner = (part: ts.Type): string => wordOf(part, words, depth + 1)
  if (type.flags & ts.TypeFlags.BooleanLike) return booleanWord(type)
  if (type.isUnion()) return unionWord(constituentsOf(type).map(inner))
  if (type.isLiteral()) return literalWord(type.value)
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)))
    return pascalCase(reading.checker.typeToString(type))
  if (type.isIntersection()) return type.types.map(inner).join('')
  return objectWord(type, reading, inner)
}

function booleanWord(type: ts.Type): string {
  if (type.flags & ts.TypeFlags.Boolean) return 'Boolean'
  return pascalCase((type as ts.Type & { readonly intrinsicName?: string }).intrinsicName ?? '') // cast: internal, but stable
}

function unionWord(words: readonly string[]): string {
  const unique = new Set(words)
  if (unique.has('True') && unique.has('False')) {
    unique.delete('True')
    unique.delete('False')
    unique.add('Boolean')
  }
  return [...unique].sort(compareText).join('Or')
}

function literalWord(value: string | number | ts.PseudoBigInt): string {
  if (typeof value === 'object') return `${value.negative ? 'Minus' : ''}${value.base10Value}`
  const text = typeof value === 'number' ? String(value).replace('-', 'Minus ') : value
  return pascalCase(text) || 'Text'
}

function objectWord(type: ts.Type, reading: Reading, inner: (part: ts.Type) => string): string {
  const { checker, program } = reading
  if (checker.isArrayType(type)) return `${argumentsOf(type, checker).map(inner).join('')}List`
  if (checker.isTupleType(type)) return `${argumentsOf(type, checker).map(inner).join('And')}Tuple`
  if (libraryTypeOf(type, program) !== undefined) {
    const parts = isReference(type) ? argumentsOf(type, checker).map(inner) : []
    const name = type.getSymbol()?.name ?? ''
    return parts.length === 0 ? name : `${name}Of${parts.join('And')}`
  }
  const names = checker.getPropertiesOfType(type).map((property) => pascalCase(property.name))
  return names.sort(compareText).slice(0, shownProperties).join('And') || 'Object'
}

function argumentsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  return checker.getTypeArguments(type as ts.TypeReference) // cast: the callers' types are references
}

function isReference(type: ts.Type): boolean {
  const { objectFlags } = type as ts.ObjectType // cast: only read where it is an object
  return (objectFlags & ts.ObjectFlags.Reference) !== 0
}
