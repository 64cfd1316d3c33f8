/** Types as TypeScript text: as declared, or as their JSON looks on the wire. */

import { flatten, needsConversion } from '../ir/wire-form.ts'
import {
  type NamedType,
  type ObjectType,
  partsOf,
  scalar,
  type TypeNode,
  unionOf,
} from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { docBlock, lineWidth, propertyName, quote } from './text.ts'

/** How a type is printed. */
export interface PrintOptions {
  /** `wire`: what JSON carries, in mutable arrays. @default 'declared' */
  readonly form?: 'declared' | 'wire'
  /** Of the line that the text continues. @default '' */
  readonly indent?: string
}

/** The text of a type. */
export function printType(type: TypeNode, options: PrintOptions = {}): string {
  const { form = 'declared', indent = '' } = options
  const isWire = form === 'wire'
  const inner = (part: TypeNode): string => printType(part, options)
  switch (type.kind) {
    case 'date':
      return isWire ? 'string' : 'Date'
    case 'bigint':
      return isWire ? 'string' : 'bigint'
    case 'bytes':
      return isWire ? 'string' : 'Uint8Array'
    case 'file':
      return 'Blob'
    case 'void':
      return isWire ? 'null' : 'undefined'
    case 'literal':
      return typeof type.value === 'string' ? quote(type.value) : String(type.value)
    case 'template':
      return type.text
    case 'array': {
      const item = inner(type.item)
      const needsParentheses = / [|&] |^\||^readonly |=>/.test(outermost(item))
      const text = needsParentheses ? `(${item})[]` : `${item}[]`
      return type.readonly && !isWire ? `readonly ${text}` : text
    }
    case 'tuple': {
      const items = type.items.map((item) => {
        const text = inner(item.type)
        if (item.name !== undefined) return `${item.name}${item.optional ? '?' : ''}: ${text}`
        return item.optional ? `${/[ |]/.test(text) ? `(${text})` : text}?` : text
      })
      const rest =
        type.rest === undefined
          ? []
          : [
              `...${type.restName === undefined ? '' : `${type.restName}: `}${inner({ kind: 'array', item: type.rest, readonly: false })}`,
            ]
      return `${type.readonly && !isWire ? 'readonly ' : ''}[${[...items, ...rest].join(', ')}]`
    }
    case 'set':
      return isWire
        ? inner({ kind: 'array', item: type.item, readonly: false })
        : `Set<${inner(type.item)}>`
    case 'map':
      return isWire
        ? `[${inner(type.key)}, ${inner(type.value)}][]`
        : `Map<${inner(type.key)}, ${inner(type.value)}>`
    case 'union':
      return printUnion(type.members, { form, indent })
    case 'object':
      return printObject(type, { form, indent })
    case 'ref':
      return isWire ? wireName(type.target) : type.target.name
    default:
      return type.kind
  }
}

/** The name of a named type's wire form; its own where JSON carries it unchanged. */
export function wireName(type: NamedType): string {
  return needsConversion(type.type) ? `Wire${type.name}` : type.name
}

/** A named type's declaration: an interface for objects, an alias for everything else. */
export function printDeclaration(type: NamedType, form: 'declared' | 'wire'): string {
  const name = form === 'wire' ? wireName(type) : type.name
  const prefix = form === 'wire' ? '' : `${docBlock(type)}export `
  if (isInterface(type.type)) {
    return `${prefix}interface ${name} ${printBody(type.type, { form, indent: '' })}\n`
  }
  return `${prefix}type ${name} =${spaced(printType(type.type, { form }))}\n`
}

function isInterface(type: TypeNode): type is ObjectType {
  return (
    type.kind === 'object' &&
    (type.properties.length > 0 || type.patterns !== undefined || type.index === undefined)
  )
}

/** Whether `type` names an alias, at any depth that is written out. */
function mentionsAlias(type: TypeNode): boolean {
  return type.kind === 'ref' ? !isInterface(type.target.type) : partsOf(type).some(mentionsAlias)
}

/** What stands before a type on its line is not known here; this much is left for it. */
const inlineWidth = lineWidth - 16

type Required<T> = { readonly [Key in keyof T]-?: T[Key] }

function printObject(type: ObjectType, options: Required<PrintOptions>): string {
  if (type.properties.length === 0 && type.patterns === undefined) {
    if (type.index === undefined) return '{}'
    // An alias may lead back to itself through an index signature, but not through an argument of Record.
    if (mentionsAlias(type.index)) return `{ ${indexOf(type, options).join('')} }`
    return `Record<string, ${printType(type.index, options)}>`
  }
  const parts = [
    ...type.properties.map((property) => printProperty(property, options)),
    ...indexOf(type, options),
  ]
  const line = `{ ${parts.join('; ')} }`
  const hasDocs =
    options.form === 'declared' && type.properties.some((property) => docBlock(property) !== '')
  if (!hasDocs && !line.includes('\n') && options.indent.length + line.length <= inlineWidth)
    return line
  return printBody(type, options)
}

/** The properties between braces, a line for each. */
export function printBody(type: ObjectType, { form, indent }: Required<PrintOptions>): string {
  const inside = { form, indent: `${indent}  ` }
  const lines = type.properties.map((property) => {
    const doc = form === 'declared' ? docBlock(property, inside.indent) : ''
    return `${doc}${inside.indent}${printProperty(property, inside)}\n`
  })
  const index = indexOf(type, inside).map((line) => `${inside.indent}${line}\n`)
  return lines.length + index.length === 0 ? '{}' : `{\n${[...lines, ...index].join('')}${indent}}`
}

function printProperty(
  property: ObjectType['properties'][number],
  options: Required<PrintOptions>,
): string {
  const readonly = property.readonly && options.form === 'declared' ? 'readonly ' : ''
  const name = `${readonly}${propertyName(property.name)}`
  if (property.undefinable && options.form === 'declared')
    return `${name}:${spaced(printType(unionOf([property.type, scalar.void]), options))}`
  const mark = property.optional ? '?' : ''
  return `${name}${mark}:${spaced(printType(property.type, options))}`
}

/** A union that takes several lines begins on the next one. */
function spaced(text: string): string {
  return text.startsWith('\n') ? text : ` ${text}`
}

function indexOf(type: ObjectType, options: Required<PrintOptions>): string[] {
  return [
    ...(type.patterns ?? []).map(
      (pattern) => `[key: ${pattern.text}]: ${printType(pattern.type, options)}`,
    ),
    ...(type.index === undefined ? [] : [`[key: string]: ${printType(type.index, options)}`]),
  ]
}

function printUnion(members: readonly TypeNode[], options: Required<PrintOptions>): string {
  const all = members.flatMap((member) => (member.kind === 'union' ? flatten(member) : [member]))
  const texts = [...new Set(all.map((member) => printType(member, options)))].sort(
    (a, b) => Number(isAbsence(a)) - Number(isAbsence(b)) || compareText(a, b),
  )
  const line = texts.join(' | ')
  if (
    texts.length < 2 ||
    (!line.includes('\n') && options.indent.length + line.length <= inlineWidth)
  )
    return line
  return texts.map((text) => `\n${options.indent}  | ${text.replaceAll('\n', '\n    ')}`).join('')
}

/** Null and undefined come last. */
function isAbsence(text: string): boolean {
  return text === 'null' || text === 'undefined'
}

/** The text without what stands inside brackets and quotes. */
function outermost(text: string): string {
  let depth = 0
  let found = ''
  for (const part of text.match(/'(?:[^'\\]|\\.)*'|`[^`]*`|[\s\S]/g) ?? []) {
    if (/[[{(<]/.test(part)) depth++
    else if (/[\]})>]/.test(part)) depth--
    else if (depth === 0) found += part
  }
  return found
}
