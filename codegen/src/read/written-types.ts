/**
 * Types as they are written. The checker forgets the alias of `type Status = (typeof statuses)[number]`, alone and
 * inside `Status | null`; the source has not.
 */

import { ts } from 'ts-morph'
import { scalar, type TypeNode, unionOf, withoutVoid } from '../ir/type.ts'
import { isConstrained } from './documentation.ts'
import { libraryTypeOf } from './library-types.ts'
import { isNameable, namingOf } from './named-types.ts'
import { type Reading, shown, symbolAt } from './reading.ts'
import { readTuple } from './sequence-types.ts'
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
    if (alias !== undefined) return types.readAlias(type, alias, place)
    return readWrittenArguments(type, node, { place, types })
  }
  if (ts.isUnionTypeNode(node) && type.aliasSymbol === undefined) {
    return unionOf(
      node.types.map((part) => types.read(checker.getTypeFromTypeNode(part), place, part)),
    )
  }
  if (ts.isArrayTypeNode(node)) return readWrittenArray(node, false, { place, types })
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword) {
    if (ts.isArrayTypeNode(node.type)) return readWrittenArray(node.type, true, { place, types })
    if (ts.isTupleTypeNode(node.type)) return readWrittenTuple(type, node.type, { place, types })
  }
  return ts.isTupleTypeNode(node) ? readWrittenTuple(type, node, { place, types }) : undefined
}

interface PlaceOfText {
  readonly place: TypePlace
  readonly types: TypeReader
}

function readWrittenArray(
  { elementType }: ts.ArrayTypeNode,
  readonly: boolean,
  { place, types }: PlaceOfText,
): TypeNode {
  const item = types.reading.checker.getTypeFromTypeNode(elementType)
  return {
    kind: 'array',
    item: types.part(item, place, { step: '[]', node: elementType }),
    readonly,
  }
}

function readWrittenTuple(
  type: ts.Type,
  { elements }: ts.TupleTypeNode,
  { place, types }: PlaceOfText,
): TypeNode | undefined {
  if (!types.reading.checker.isTupleType(type)) return undefined
  // Optional and rest items are read by their types alone.
  const nodes = elements.map((element) => (ts.isNamedTupleMember(element) ? element.type : element))
  return readTuple({ type, place, types, nodes })
}

/** `Array<Email>`, `Set<Email>`, `Map<Id, Email>`, `Record<string, Email>`: what stands in the text. */
function readWrittenArguments(
  type: ts.Type,
  node: ts.TypeReferenceNode,
  { place, types }: PlaceOfText,
): TypeNode | undefined {
  const { checker, program } = types.reading
  const [first, second] = node.typeArguments ?? []
  if (first === undefined) return undefined
  const name = node.typeName.getText()
  const inner = (part: ts.TypeNode, step: string): TypeNode =>
    types.part(checker.getTypeFromTypeNode(part), place, { step, node: part })
  if (checker.isArrayType(type) && (name === 'Array' || name === 'ReadonlyArray')) {
    return { kind: 'array', item: inner(first, '[]'), readonly: name === 'ReadonlyArray' }
  }
  const library = libraryTypeOf(type, program)
  const kind = library !== undefined && 'kind' in library ? library.kind : undefined
  if (kind === 'set') return { kind, item: inner(first, '[]') }
  if (kind === 'map' && second !== undefined)
    return { kind, key: inner(first, '<key>'), value: inner(second, '<value>') }
  if (name === 'Record' && second !== undefined && isAnyName(first, type, checker))
    return { kind: 'object', properties: [], index: withoutVoid(inner(second, '[string]')).type }
  reportLostConstraint(node, { place, types })
  return undefined
}

/** The checker reads `Page<Email>` as a page of strings. */
function reportLostConstraint(node: ts.TypeReferenceNode, { place, types }: PlaceOfText): void {
  for (const alias of (node.typeArguments ?? []).flatMap((argument) =>
    lostAliases(argument, types.reading),
  )) {
    types.refuse(
      place,
      `loses what the tags of ${alias.name} say inside of ${shown(node)}; write the type out, or make ${alias.name} a brand`,
    )
  }
}

/** Aliases with constraints in an argument of a generic type; inside of braces the text is still there. */
function lostAliases(node: ts.TypeNode, reading: Reading): ts.Symbol[] {
  if (ts.isTypeLiteralNode(node)) return []
  if (ts.isTypeReferenceNode(node)) {
    const alias = constrainedAlias(node, reading)
    if (alias !== undefined && reading.checker.getTypeFromTypeNode(node).aliasSymbol === undefined)
      return [alias]
  }
  const found: ts.Symbol[] = []
  ts.forEachChild(node, (child) => {
    if (ts.isTypeNode(child)) found.push(...lostAliases(child, reading))
  })
  return found
}

/** The alias of a string or number whose tags constrain it, through aliases of it. */
function constrainedAlias(node: ts.TypeReferenceNode, reading: Reading): ts.Symbol | undefined {
  // Aliases may be made of each other.
  const seen = new Set<ts.Symbol>()
  let next: ts.TypeNode | undefined = node
  while (next !== undefined && ts.isTypeReferenceNode(next) && next.typeArguments === undefined) {
    const symbol = symbolAt(next.typeName, reading.checker)
    if (symbol === undefined || seen.has(symbol)) return undefined
    if (!(symbol.flags & ts.SymbolFlags.TypeAlias) || !isNameable(symbol, reading)) return undefined
    if (isConstrained(symbol)) return symbol
    seen.add(symbol)
    next = symbol.declarations?.find(ts.isTypeAliasDeclaration)?.type
  }
  return undefined
}

function isAnyName(key: ts.TypeNode, record: ts.Type, checker: ts.TypeChecker): boolean {
  return (
    (checker.getTypeFromTypeNode(key).flags & ts.TypeFlags.String) !== 0 &&
    record.aliasSymbol?.name === 'Record'
  )
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
  if (node.typeArguments !== undefined || namingOf(type, reading) !== undefined) return undefined
  // Other aliases of a string are strings: `type Email = string` with `@format email` is more.
  const constrained = constrainedAlias(node, reading)
  if (constrained !== undefined) return constrained
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
    (type.isIntersection() ? type.types : [type]).every(
      (part) => (part.flags & (ts.TypeFlags.Object | ts.TypeFlags.NonPrimitive)) !== 0,
    ) &&
    !checker.isArrayType(type) &&
    !checker.isTupleType(type) &&
    type.getCallSignatures().length === 0 &&
    libraryTypeOf(type, program) === undefined
  )
}
