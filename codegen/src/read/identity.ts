/**
 * Tells whether two types are one: each `{ id: number }` in the source is a type of its own to the checker, and with it each
 * `Page<{ id: number }>`.
 */

import { ts } from 'ts-morph'
import { isConstrained } from './documentation.ts'
import { libraryTypeOf } from './library-types.ts'
import { namingOf, typeArgumentsOf } from './named-types.ts'
import { propertiesOf } from './object-types.ts'
import type { Reading } from './reading.ts'
import { constituentsOf } from './union-constituents.ts'

/** Types nested deeper are taken for different ones. */
const maximumDepth = 6

/** Keys of types for one run. */
export class TypeIdentity {
  readonly #reading: Reading
  readonly #symbols = new Map<ts.Symbol, number>()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** Equal for types that are read alike; `undefined` for one that is only equal to itself. */
  keyOf(type: ts.Type, depth = 0): string | undefined {
    if (depth > maximumDepth) return undefined
    const { flags } = type
    const naming = namingOf(type, this.#reading)
    if (naming !== undefined) {
      const parameters = typeArgumentsOf(type, this.#reading.checker)
      return this.#wrap(`#${this.#numberOf(naming.symbol)}`, parameters, depth)
    }
    if (type.isLiteral()) return `${flags & ts.TypeFlags.EnumLike}${JSON.stringify(type.value)}`
    if (type.isUnion()) {
      // Named members stay named, so a union of them is another one than that of what they stand for.
      const keys = this.#keysOf(constituentsOf(type), depth)
      return keys === undefined ? undefined : `(${keys.sort().join('|')})`
    }
    if (type.isIntersection()) return this.#wrap('&', type.types, depth)
    if (!(flags & ts.TypeFlags.Object)) return this.#reading.checker.typeToString(type)
    return this.#keyOfObject(type, depth)
  }

  #keyOfObject(type: ts.Type, depth: number): string | undefined {
    const { checker, program } = this.#reading
    const symbol = type.getSymbol()
    const isList = checker.isArrayType(type) || checker.isTupleType(type)
    if (checker.isTupleType(type)) {
      const { target } = type as ts.TupleTypeReference // cast: checked
      const items = checker.getTypeArguments(target === type ? target : (type as ts.TypeReference)) // cast: checked
      return this.#wrap(`[${target.elementFlags.join()}${target.readonly}]`, items, depth)
    }
    if (symbol !== undefined && (isList || libraryTypeOf(type, program) !== undefined))
      return this.#wrap(`#${this.#numberOf(symbol)}`, typeArgumentsOf(type, checker), depth)
    if (checker.getIndexInfosOfType(type).length > 0 || type.getCallSignatures().length > 0)
      return undefined
    const properties = propertiesOf(type, checker).map((property) => {
      const key = this.keyOf(checker.getTypeOfSymbol(property), depth + 1)
      const isPlain = !isConstrained(property) && key !== undefined
      return isPlain
        ? `${JSON.stringify(property.name)}${property.flags & ts.SymbolFlags.Optional}:${key}`
        : undefined
    })
    return properties.includes(undefined) ? undefined : `{${properties.join()}}`
  }

  #wrap(head: string, types: readonly ts.Type[], depth: number): string | undefined {
    const keys = this.#keysOf(types, depth)
    return keys === undefined ? undefined : `${head}<${keys.join()}>`
  }

  #keysOf(types: readonly ts.Type[], depth: number): string[] | undefined {
    const keys = types.map((type) => this.keyOf(type, depth + 1))
    return keys.some((key) => key === undefined) ? undefined : keys.map(String)
  }

  #numberOf(symbol: ts.Symbol): number {
    const known = this.#symbols.get(symbol) ?? this.#symbols.size
    this.#symbols.set(symbol, known)
    return known
  }
}
