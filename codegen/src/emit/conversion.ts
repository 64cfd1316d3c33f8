/** Expressions that convert between JSON and TypeScript values, only where a type needs it. */

import {
  type Discriminant,
  discriminantOf,
  flatten,
  jsonKindsOf,
  type JsonKind,
  needsConversion,
  resolve,
} from '../ir/wire-form.ts'
import {
  type NamedType,
  type ObjectType,
  type TupleType,
  type TypeNode,
  unionOf,
} from '../ir/type.ts'
import { braces, member, objectKey, quote } from './text.ts'
import { printType, wireName } from './typescript.ts'

/** `decode`: JSON → value; `encode`: value → JSON. */
export type Direction = 'decode' | 'encode'

/** What generated code calls its own functions. */
export interface ConversionNames {
  /** The function that converts a named type. */
  named(type: NamedType, direction: Direction): string
  /** The function between base64 and bytes. */
  bytes(direction: Direction): string
}

/** Writes conversions in one direction. */
export class Conversion {
  readonly #direction: Direction
  readonly #names: ConversionNames

  constructor(direction: Direction, names: ConversionNames) {
    this.#direction = direction
    this.#names = names
  }

  /** The expression that converts what `value` names: `value` itself when JSON carries it unchanged. */
  expression(type: TypeNode, value: string): string {
    if (!needsConversion(type)) return value
    switch (type.kind) {
      case 'date':
        return this.#decodes ? `new Date(${value})` : `${value}.toISOString()`
      case 'bigint':
        return this.#decodes ? `BigInt(${value})` : `String(${value})`
      case 'bytes':
        return `${this.#names.bytes(this.#direction)}(${value})`
      case 'void':
        return this.#decodes ? 'undefined' : 'null'
      case 'ref':
        return `${this.#names.named(type.target, this.#direction)}(${value})`
      case 'array':
        return `${value}.map((item) => ${this.#inner(type.item, 'item')})`
      case 'set':
        return this.#set(type.item, value)
      case 'map':
        return this.#map(type.key, type.value, value)
      case 'tuple':
        return this.#tuple(type, value)
      case 'object':
        return this.#object(type, value)
      case 'union':
        return this.#union(flatten(type), value)
      default:
        return value
    }
  }

  /** The body of a function that converts a named type. */
  body(type: NamedType, value: string): string {
    if (type.type.kind !== 'object') return this.expression(type.type, value)
    return this.#object(type.type, value, this.#decodes ? type.name : wireName(type))
  }

  get #decodes(): boolean {
    return this.#direction === 'decode'
  }

  /** Of what expressions give. */
  get #form(): 'declared' | 'wire' {
    return this.#decodes ? 'declared' : 'wire'
  }

  /** An object literal right behind an arrow needs parentheses. */
  #inner(type: TypeNode, value: string): string {
    const text = this.expression(type, value)
    return text.startsWith('{') ? `(${text})` : text
  }

  #set(item: TypeNode, value: string): string {
    const same = !needsConversion(item)
    if (this.#decodes) {
      return same
        ? `new Set(${value})`
        : `new Set(${value}.map((item) => ${this.#inner(item, 'item')}))`
    }
    return same ? `[...${value}]` : `Array.from(${value}, (item) => ${this.#inner(item, 'item')})`
  }

  #map(key: TypeNode, item: TypeNode, value: string): string {
    const pair = `[${this.expression(key, 'key')}, ${this.expression(item, 'item')}]`
    const same = !needsConversion(key) && !needsConversion(item)
    if (this.#decodes) {
      return same ? `new Map(${value})` : `new Map(${value}.map(([key, item]) => ${pair} as const))`
    }
    const wire = `[${printType(key, { form: 'wire' })}, ${printType(item, { form: 'wire' })}]`
    return same ? `[...${value}]` : `Array.from(${value}, ([key, item]): ${wire} => ${pair})`
  }

  #tuple(type: TupleType, value: string): string {
    const isPlain = type.rest === undefined && type.items.every((item) => !item.optional)
    const parts = type.items.map((item, index) => {
      const part = `${value}[${index}]`
      const text = this.expression(item.type, part)
      return item.optional ? `...(${part} === undefined ? [] : [${text}])` : text
    })
    if (isPlain) return `[${parts.join(', ')}]`
    const rest =
      type.rest === undefined ? [] : [this.#rest(type.rest, `${value}.slice(${type.items.length})`)]
    // TypeScript does not follow the length of a tuple that is spread.
    return `([${[...parts, ...rest].join(', ')}] as unknown as ${printType(type, { form: this.#form })})`
  }

  #rest(type: TypeNode, value: string): string {
    if (!needsConversion(type)) return `...${value}`
    const form = this.#decodes ? 'wire' : 'declared'
    const list = printType({ kind: 'array', item: type, readonly: false }, { form })
    return `...(${value} as ${list}).map((item) => ${this.#inner(type, 'item')})`
  }

  #object(type: ObjectType, value: string, result?: string): string {
    const open = type.index ?? type.patterns?.[0]?.type
    // What is open and named at once is refused when read, unless it needs no conversion.
    if (open !== undefined) {
      return `Object.fromEntries(Object.entries(${value}).map(([key, item]) => [key, ${this.expression(open, 'item')}]))`
    }
    const parts = type.properties
      .filter((property) => needsConversion(property.type))
      .map((property) => {
        const part = member(value, property.name)
        const text = `${objectKey(property.name)}: ${this.expression(property.type, part)}`
        return property.optional
          ? `...(${absenceTest(property.name, value)} ? {} : { ${text} })`
          : text
      })
    const all = [`...${value}`, ...parts]
    // Only the body of a function knows where its lines begin.
    const text =
      result === undefined
        ? `{ ${all.join(', ')} }`
        : braces(all, { separator: ',', indent: '  ', used: 9 })
    const isOptional = type.properties.some(
      (property) => property.undefinable || (property.optional && needsConversion(property.type)),
    )
    // A spread that may be empty does not take the property's old type away.
    return isOptional ? `(${text} as ${result ?? printType(type, { form: this.#form })})` : text
  }

  /** Tests for one kind of JSON after the other; what is left at the end needs no test. */
  #union(members: readonly TypeNode[], value: string): string {
    const groups = kindOrder
      .map((kind) => members.filter((item) => jsonKindsOf(item).has(kind)))
      .filter((group) => group.length > 0)
      .map((group) => ({ test: this.#test(group, value), text: this.#group(group, value) }))
    const [last, ...before] = groups.reverse()
    return before.reduce(
      (rest, { test, text }) =>
        text === value && rest === value ? value : `${test} ? ${text} : ${rest}`,
      last?.text ?? value,
    )
  }

  #group(group: readonly TypeNode[], value: string): string {
    const [only] = group
    if (group.length === 1 && only !== undefined) return this.expression(only, value)
    if (!group.some((item) => needsConversion(item))) return value
    const objects = group.map((item) => ({ item, shape: resolve(item) as ObjectType })) // cast: other kinds are refused when read
    const discriminant = discriminantOf(objects.map(({ shape }) => shape))
    const valuesOf = (shape: ObjectType): number => discriminant?.values.get(shape)?.length ?? 0
    const same = group.filter((item) => !needsConversion(item))
    // TypeScript does not exclude an object whose discriminant has several values, so these are asked last.
    const converted = objects
      .filter(({ item }) => needsConversion(item))
      .sort((a, b) => valuesOf(a.shape) - valuesOf(b.shape))
    const last = same.length > 0 ? undefined : converted.pop()
    const end =
      last === undefined
        ? `(${value} as ${printType(unionOf(same), { form: this.#form })})`
        : this.expression(
            last.item,
            `(${value} as ${printType(last.item, { form: this.#decodes ? 'wire' : 'declared' })})`,
          )
    const tests = converted.map(
      ({ item, shape }) =>
        `${discriminantTest(discriminant, shape, value)} ? ${this.expression(item, value)} : `,
    )
    return `(${tests.join('')}${end})`
  }

  /** Whether `value` is of the group: by JSON when decoding, by class when encoding. */
  #test(group: readonly TypeNode[], value: string): string {
    const [first] = group
    const type = first === undefined ? undefined : resolve(first)
    switch (type?.kind) {
      case 'null':
        return `${value} === null`
      case 'void':
        return `${value} === ${this.#decodes ? 'null' : 'undefined'}`
      case 'array':
      case 'tuple':
        return `Array.isArray(${value})`
      case 'map':
      case 'set':
        return this.#decodes
          ? `Array.isArray(${value})`
          : `${value} instanceof ${type.kind === 'map' ? 'Map' : 'Set'}`
      case 'date':
      case 'bytes':
        return this.#decodes
          ? isOf(value, 'string')
          : `${value} instanceof ${type.kind === 'date' ? 'Date' : 'Uint8Array'}`
      case 'file':
        return `${value} instanceof Blob`
      case 'bigint':
        return isOf(value, this.#decodes ? 'string' : 'bigint')
      case 'literal':
        return isOf(value, typeof type.value)
      case 'template':
        return isOf(value, 'string')
      default:
        return isOf(value, type?.kind ?? 'object')
    }
  }
}

/** Objects come last: `typeof` says "object" of null and arrays too. */
const kindOrder: readonly JsonKind[] = [
  'null',
  'boolean',
  'number',
  'string',
  'array',
  'file',
  'object',
  'any',
]

function isOf(value: string, type: string): string {
  return `typeof ${value} === '${type}'`
}

/** Every object inherits some names, so that reading them always finds something. */
function absenceTest(name: string, value: string): string {
  return name in Object.prototype
    ? `!Object.hasOwn(${value}, ${quote(name)}) || ${member(value, name)} === undefined`
    : `${member(value, name)} === undefined`
}

function discriminantTest(
  discriminant: Discriminant | undefined,
  shape: ObjectType,
  value: string,
): string {
  const values = discriminant?.values.get(shape) ?? []
  const part = member(value, discriminant?.property ?? '')
  const tests = values.map(
    (item) => `${part} === ${typeof item === 'string' ? quote(item) : String(item)}`,
  )
  return tests.length === 1 ? tests.join('') : `(${tests.join(' || ')})`
}

/** The function that converts a named type. */
export function printConversion(
  type: NamedType,
  direction: Direction,
  names: ConversionNames,
): string {
  const [parameter, from, to] =
    direction === 'decode'
      ? ['json', wireName(type), type.name]
      : ['value', type.name, wireName(type)]
  const body = unwrapped(new Conversion(direction, names).body(type, parameter))
  return `function ${names.named(type, direction)}(${parameter}: ${from}): ${to} {\n  return ${body}\n}\n`
}

/** Without parentheses around the whole. */
function unwrapped(text: string): string {
  const inner = /^\(([^]*)\)$/.exec(text)?.[1]
  if (inner === undefined) return text
  let depth = 0
  for (const character of inner) {
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return text
  }
  return inner
}
