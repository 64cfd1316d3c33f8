/** Objects by their properties: interfaces, literals, classes, intersections, records, and what mapped types make. */

import { ts } from 'ts-morph'
import { type Property, type TypeNode, withoutVoid } from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { docOf } from './reading.ts'
import type { TypePlace, TypeReader } from './types.ts'
import { writtenType } from './written-types.ts'

/** Reads an object type. */
export function readShape(type: ts.Type, place: TypePlace, types: TypeReader): TypeNode {
  const { checker } = types.reading
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
    return types.refuse(
      place,
      'is a function, which cannot cross; pass data, or mark the function with client',
    )
  }
  const properties = checker.getPropertiesOfType(type).filter(isVisible)
  const toJson = properties.find((property) => property.name === 'toJSON')
  if (toJson !== undefined) {
    const [signature] = checker.getTypeOfSymbol(toJson).getCallSignatures()
    if (signature !== undefined) return types.read(signature.getReturnType(), place)
  }
  const [index] = checker.getIndexInfosOfType(type).filter((info) => !isSymbolKey(info.keyType))
  return {
    kind: 'object',
    properties: ordered(properties).map((property) => readProperty(property, place, types)),
    ...(index === undefined
      ? {}
      : {
          index: withoutVoid(
            types.read(index.type, { node: place.node, path: `${place.path}[string]` }),
          ).type,
        }),
  }
}

function readProperty(property: ts.Symbol, place: TypePlace, types: TypeReader): Property {
  const { checker } = types.reading
  const inside: TypePlace = { node: place.node, path: `${place.path}.${property.name}` }
  const type = checker.getTypeOfSymbol(property)
  const isMethod = (property.flags & ts.SymbolFlags.Method) !== 0
  const read = isMethod
    ? types.refuse(
        inside,
        'is a method, which cannot cross; return a plain object with the data alone',
      )
    : types.read(type, inside, writtenType(property))
  const { type: present, optional } = withoutVoid(read)
  const doc = docOf(property, checker)
  return {
    name: property.name,
    type: present,
    optional: optional || (property.flags & ts.SymbolFlags.Optional) !== 0,
    readonly: (property.declarations ?? []).some(
      (item) => (ts.getCombinedModifierFlags(item) & ts.ModifierFlags.Readonly) !== 0,
    ),
    ...(doc === undefined ? {} : { doc }),
  }
}

/** Without private and protected members, and without symbols: JSON has no place for them. */
function isVisible(property: ts.Symbol): boolean {
  const name = String(property.escapedName)
  if (name.startsWith('__@') || name.startsWith('__#')) return false
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  return !(property.declarations ?? []).some((item) => ts.getCombinedModifierFlags(item) & hidden)
}

function isSymbolKey(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.ESSymbolLike) !== 0
}

/**
 * As declared, wherever that was. The checker's own order follows the ids of types when a union of keys is involved
 * (Pick, Omit), and with it the order in which files were loaded.
 */
function ordered(properties: readonly ts.Symbol[]): ts.Symbol[] {
  return [...properties].sort((a, b) => {
    const [first, second] = [a.declarations?.[0], b.declarations?.[0]]
    if (first === undefined || second === undefined) {
      return (
        Number(first === undefined) - Number(second === undefined) || compareText(a.name, b.name)
      )
    }
    return (
      compareText(first.getSourceFile().fileName, second.getSourceFile().fileName) ||
      first.pos - second.pos ||
      compareText(a.name, b.name)
    )
  })
}
