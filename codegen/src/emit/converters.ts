/** The conversions of one generated file: which functions it needs, what they are called, and their text. */

import { namedTypesOf, type NamedType, type TypeNode } from '../ir/type.ts'
import { needsConversion } from '../ir/wire-form.ts'
import { compareText } from '../problem.ts'
import { Conversion, type Direction, printConversion } from './conversion.ts'
import { printDeclaration, printType } from './typescript.ts'

/** What a generated file converts. */
export interface ConvertersOptions {
  readonly results: readonly TypeNode[]
  readonly params: readonly TypeNode[]
  /** Names that the file already exports. */
  readonly exported: ReadonlySet<string>
}

/** Writes the conversions that a file needs. */
export interface Converters {
  /** The property of a descriptor that converts `type`, as a list of none or one; it stands at `indent`. */
  property(type: TypeNode, direction: Direction, indent: string): string[]
  /** The function that converts `type`; it stands at `indent`. */
  inline(type: TypeNode, direction: Direction, indent: string): string
  /** Wire types and functions, for the end of the file. */
  print(): string
}

export function createConverters({ results, params, exported }: ConvertersOptions): Converters {
  const decoded = convertedTypes(results)
  const encoded = convertedTypes(params)
  const usedBytes = new Set<Direction>()
  const names = {
    named: (type: NamedType, direction: Direction) => free(`${direction}${type.name}`, exported),
    bytes: (direction: Direction) => {
      usedBytes.add(direction)
      return free(direction === 'decode' ? 'toBytes' : 'toBase64', exported)
    },
  }
  function inline(type: TypeNode, direction: Direction, indent: string): string {
    if (type.kind === 'ref') return names.named(type.target, direction)
    if (type.kind === 'void') return `() => ${direction === 'decode' ? 'undefined' : 'null'}`
    const [parameter, form] =
      direction === 'decode' ? ['json', 'wire' as const] : ['value', 'declared' as const]
    const body = new Conversion(direction, names).expression(type, parameter)
    const text = body.startsWith('{') ? `(${body})` : body
    return `(${parameter}: ${printType(type, { form, indent })}) => ${text}`
  }
  return {
    inline,
    property: (type, direction, indent) =>
      needsConversion(type) ? [`${direction}: ${inline(type, direction, indent)}`] : [],
    print() {
      const wires = [...new Set([...decoded, ...encoded])].sort((a, b) =>
        compareText(a.name, b.name),
      )
      const functions = [
        ...decoded.map((type) => printConversion(type, 'decode', names)),
        ...encoded.map((type) => printConversion(type, 'encode', names)),
      ]
      return [
        ...wires.map((type) => `\n${printDeclaration(type, 'wire')}`),
        ...functions.map((text) => `\n${text}`),
        usedBytes.has('decode') ? bytesFunctions.decode.replace('NAME', names.bytes('decode')) : '',
        usedBytes.has('encode') ? bytesFunctions.encode.replace('NAME', names.bytes('encode')) : '',
      ].join('')
    },
  }
}

const bytesFunctions: Readonly<Record<Direction, string>> = {
  decode: `
function NAME(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
`,
  encode: `
function NAME(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
`,
}

function convertedTypes(roots: readonly TypeNode[]): NamedType[] {
  return namedTypesOf(roots)
    .filter((type) => needsConversion(type.type))
    .sort((a, b) => compareText(a.name, b.name))
}

function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(`${name}_`, taken) : name
}
