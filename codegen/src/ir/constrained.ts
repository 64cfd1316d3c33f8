/** Which values a constraint of JSDoc is about. */

import type { TagKeywords, TypeNode } from './type.ts'
import { flatten, resolve } from './wire-form.ts'

/** What values a constraint is about; it lets all others pass, as in JSON Schema. */
export type Constrained = 'text' | 'number' | 'list' | 'record'

const subjects: Readonly<Record<keyof TagKeywords, Constrained | 'any'>> = {
  minLength: 'text',
  maxLength: 'text',
  pattern: 'text',
  format: 'text',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  minItems: 'list',
  maxItems: 'list',
  uniqueItems: 'list',
  minProperties: 'record',
  maxProperties: 'record',
  title: 'any',
  default: 'any',
  examples: 'any',
  deprecated: 'any',
}

/** What a keyword is about; `any` for what only describes. */
export function subjectOf(keyword: keyof TagKeywords): Constrained | 'any' {
  return subjects[keyword]
}

/** What constraints can be about a type's values; a union's members are asked one by one. */
export function constrainedKindOf(type: TypeNode): Constrained | undefined {
  const target = resolve(type)
  switch (target.kind) {
    case 'string':
      return 'text'
    case 'number':
      return 'number'
    case 'array':
    case 'set':
    case 'map':
      return 'list'
    case 'object':
      return target.index === undefined && target.patterns === undefined ? undefined : 'record'
    default:
      return undefined
  }
}

/** Whether some values of `type` are what a constraint is about. */
export function holdsConstrained(type: TypeNode, about: Constrained): boolean {
  return flatten(type).some((member) => constrainedKindOf(member) === about)
}

/** The keywords of one kind, or those that only describe. */
export function keywordsAbout(
  keywords: TagKeywords | undefined,
  about: Constrained | 'any',
): TagKeywords {
  if (keywords === undefined) return {}
  const chosen = Object.entries(keywords).filter(
    ([keyword]) => subjects[keyword as keyof TagKeywords] === about, // cast: keys of TagKeywords
  )
  return Object.fromEntries(chosen) as TagKeywords // cast: some of its own entries
}

/** Whether a keyword is about values, and does not only describe them. */
export function hasConstraints(keywords: TagKeywords): boolean {
  return Object.keys(keywords).some((keyword) => subjects[keyword as keyof TagKeywords] !== 'any') // cast: keys of TagKeywords
}
