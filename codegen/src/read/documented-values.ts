/** Values in JSDoc (`@default 20`, `@example todo`), in the form that they have on the wire. */

import { printType } from '../emit/typescript.ts'
import { flatten, resolve } from '../ir/wire-form.ts'
import type { TypeNode } from '../ir/type.ts'

/** Why a text is not a keyword's value. */
export interface KeywordProblem {
  readonly problem: string
}

/** The value that a text stands for: JSON, a text in quotes, or the text itself where a string is wanted. */
export function valueOfText(text: string, type: TypeNode): unknown {
  const quoted = /^(['`])([^]*)\1$/.exec(text)?.[2]
  if (quoted !== undefined) return quoted
  try {
    const value: unknown = JSON.parse(text)
    if (fits(value, type)) return value
  } catch {
    // Most texts are no JSON.
  }
  return text !== '' && flatten(type).some(isText) ? text : undefined
}

/** The value of an `@example`, as a list of none or one: examples may also be code, which stays documentation. */
export function exampleOf(text: string, type: TypeNode): unknown[] {
  const value = valueOfText(text, type)
  return value !== undefined && !text.includes('\n') && fits(value, type) ? [value] : []
}

/** How a type is called in a message. */
export function wordsFor(type: TypeNode): string {
  const text = printType(type).replace(/\s+/g, ' ').trim()
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** Whether `value` is a wire value of `type`; converted types are only taken as the strings that they travel as. */
export function fits(value: unknown, type: TypeNode): boolean {
  const target = resolve(type)
  switch (target.kind) {
    case 'unknown':
      return true
    case 'union':
      return target.members.some((member) => fits(value, member))
    case 'literal':
      return value === target.value
    case 'null':
      return value === null
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value === target.kind
    case 'template':
      return typeof value === 'string' && new RegExp(target.pattern).test(value)
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'bigint':
      return typeof value === 'string' && /^(0|-?[1-9][0-9]*)$/.test(value)
    case 'array':
    case 'set':
      return Array.isArray(value) && value.every((item) => fits(item, target.item))
    case 'tuple':
      return (
        Array.isArray(value) &&
        value.length >= target.items.filter((item) => !item.optional).length &&
        value.every((item, index) => {
          const part = target.items[index]?.type ?? target.rest
          return part !== undefined && fits(item, part)
        })
      )
    case 'object':
      return isRecord(value) && fitsObject(value, target)
    default:
      return false
  }
}

function fitsObject(
  value: Readonly<Record<string, unknown>>,
  { properties, index }: Extract<TypeNode, { kind: 'object' }>,
): boolean {
  const known = new Map(properties.map((property) => [property.name, property]))
  return (
    properties.every(({ name, optional }) => optional || Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, item]) => {
      const part = known.get(name)?.type ?? index
      return part !== undefined && fits(item, part)
    })
  )
}

function isText(type: TypeNode): boolean {
  const { kind } = resolve(type)
  return kind === 'string' || kind === 'template' || kind === 'literal' || kind === 'date'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
