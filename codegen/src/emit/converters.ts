/** The conversions of one generated file: which functions it needs, what they are called, and their text. */

import type { NamedType, TypeNode } from '../ir/type.ts'
import { needsConversion } from '../ir/wire-form.ts'
import { compareText } from '../problem.ts'
import { Conversion, type Direction, printConversion } from './conversion.ts'
import type { FileText } from './file-text.ts'
import { printDeclaration, printType } from './typescript.ts'

/** What a generated file converts. */
export interface ConvertersOptions {
  /** Named types in results, and in params, that need it; sorted by name. */
  readonly decoded: readonly NamedType[]
  readonly encoded: readonly NamedType[]
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

export function createConverters(
  file: FileText,
  { decoded, encoded }: ConvertersOptions,
): Converters {
  const names = {
    named: (type: NamedType, direction: Direction) => file.own(`${direction}${type.name}`),
    bytes: (direction: Direction) => file.own(bytesNames[direction]),
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
      const functions = (types: readonly NamedType[], direction: Direction): string[] =>
        types.map((named) =>
          file.part(direction, named, (type) => `\n${printConversion(type, direction, names)}`),
        )
      const declarations = wires.map((named) =>
        file.part('wire', named, (type) => `\n${printDeclaration(type, 'wire')}`),
      )
      const conversions = [...functions(decoded, 'decode'), ...functions(encoded, 'encode')]
      const bytes = (['decode', 'encode'] as const)
        .filter((direction) => file.owns(bytesNames[direction]))
        .map((direction) => bytesFunctions[direction].replace('NAME', names.bytes(direction)))
      return [...declarations, ...conversions, ...bytes].join('')
    },
  }
}

const bytesNames = { decode: 'toBytes', encode: 'toBase64' } as const

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
