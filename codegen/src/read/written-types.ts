/**
 * Types as they are written. The checker forgets the alias of `type Status = (typeof statuses)[number]`, alone and
 * inside `Status | null`; the source has not.
 */

import { ts } from 'ts-morph'
import { scalar, type TypeNode, unionOf } from '../ir/type.ts'
import { libraryTypeOf } from './library-types.ts'
import { isNameable, namingOf } from './named-types.ts'
import { type Reading, symbolAt } from './reading.ts'
import type { TypePlace, TypeReader } from './types.ts'

/** A type beside the text that declares it. */
export interface WrittenType {
  readonly type: ts.Type
  readonly node: ts.TypeNode
  readonly place: TypePlace
  readonly types: TypeReader
}

/** Reads a type by its text where the text knows more; `undefined` where it does not, or means another type. */
export function readWritten({ type, node, place, types }: WrittenType): TypeNode | undefined {
  const { checker } = types.reading
  if (ts.isParenthesizedTypeNode(node)) return readWritten({ type, node: node.type, place, types })
  const written = checker.getTypeFromTypeNode(node)
  // In a generic type, the text speaks of `T`.
  if (written !== type) {
    if (!isOptional(type, written)) return undefined
    const present = readWritten({ type: written, node, place, types })
    return present === undefined ? undefined : unionOf([present, scalar.void])
  }
  if (ts.isTypeReferenceNode(node)) {
    const alias = forgottenAlias(node, type, types.reading)
    return alias === undefined ? undefined : types.readAlias(type, alias, place)
  }
  if (ts.isUnionTypeNode(node) && type.aliasSymbol === undefined) {
    return unionOf(
      node.types.map((part) => types.read(checker.getTypeFromTypeNode(part), place, part)),
    )
  }
  if (ts.isArrayTypeNode(node)) {
    const inside = { node: place.node, path: `${place.path}[]` }
    const item = types.read(checker.getTypeFromTypeNode(node.elementType), inside, node.elementType)
    return { kind: 'array', item, readonly: false }
  }
  return undefined
}

/** The text of a property's or parameter's type. */
export function writtenType(symbol: ts.Symbol): ts.TypeNode | undefined {
  const declaration = symbol.valueDeclaration
  return declaration !== undefined &&
    (ts.isPropertySignature(declaration) ||
      ts.isPropertyDeclaration(declaration) ||
      ts.isParameter(declaration))
    ? declaration.type
    : undefined
}

/** Whether `type` is `written | undefined`. */
function isOptional(type: ts.Type, written: ts.Type): boolean {
  if (!type.isUnion() || written.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return false
  const parts = new Set(written.isUnion() ? written.types : [written])
  const others = type.types.filter((part) => !parts.has(part))
  return (
    type.types.length === parts.size + 1 &&
    others.every((part) => (part.flags & ts.TypeFlags.Undefined) !== 0)
  )
}

function forgottenAlias(
  node: ts.TypeReferenceNode,
  type: ts.Type,
  reading: Reading,
): ts.Symbol | undefined {
  const { checker } = reading
  if (type.aliasSymbol !== undefined || node.typeArguments !== undefined) return undefined
  if (!(type.isUnion() ? isPlainUnion(type) : isUnnamedObject(type, reading))) return undefined
  const symbol = symbolAt(node.typeName, checker)
  if (symbol === undefined || !(symbol.flags & ts.SymbolFlags.TypeAlias)) return undefined
  return isNameable(symbol, reading) ? symbol : undefined
}

function isPlainUnion(type: ts.UnionType): boolean {
  return !(type.flags & (ts.TypeFlags.Boolean | ts.TypeFlags.EnumLike))
}

/** An object that only an alias names: `type Row = typeof tasks.$inferSelect`. */
function isUnnamedObject(type: ts.Type, reading: Reading): boolean {
  const { checker, program } = reading
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 &&
    !checker.isArrayType(type) &&
    !checker.isTupleType(type) &&
    type.getCallSignatures().length === 0 &&
    libraryTypeOf(type, program) === undefined &&
    namingOf(type, reading) === undefined
  )
}
