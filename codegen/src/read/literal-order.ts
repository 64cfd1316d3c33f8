/** The order of a union's literals. The checker's own is that in which it met them, anywhere in the program. */

import { ts } from 'ts-morph'
import type { TypeNode } from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { symbolAt } from './reading.ts'

/** `type` with its literals as the text of `alias` lists them; those that it does not list come last, by their value. */
export function inWrittenOrder(
  type: TypeNode,
  alias: ts.Symbol | undefined,
  checker: ts.TypeChecker,
): TypeNode {
  if (type.kind !== 'union') return type
  const places = new Map<string, number>()
  for (const key of new Lists(checker).ofAlias(alias))
    if (!places.has(key)) places.set(key, places.size)
  const placeOf = (key: string): number => places.get(key) ?? places.size
  const literals = type.members
    .flatMap((member) => (member.kind === 'literal' ? [{ member, key: keyOf(member.value) }] : []))
    .sort((a, b) => placeOf(a.key) - placeOf(b.key) || compareText(a.key, b.key))
  const inOrder = literals.values()
  const members = type.members.map((member) =>
    member.kind === 'literal' ? (inOrder.next().value?.member ?? member) : member,
  )
  return { ...type, members }
}

function keyOf(value: string | number | boolean): string {
  return JSON.stringify(value)
}

/** Literals as type nodes name them, from left to right; of a generic type those of its arguments are among them. */
class Lists {
  readonly #checker: ts.TypeChecker
  readonly #open = new Set<ts.Symbol>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  ofAlias(alias: ts.Symbol | undefined): readonly string[] {
    if (alias === undefined || this.#open.has(alias)) return []
    this.#open.add(alias)
    const declarations = (alias.declarations ?? []).filter(ts.isTypeAliasDeclaration)
    return declarations.flatMap(({ type }) => this.#of(type))
  }

  #of(node: ts.TypeNode): readonly string[] {
    const checker = this.#checker
    if (ts.isParenthesizedTypeNode(node)) return this.#of(node.type)
    if (ts.isUnionTypeNode(node)) return node.types.flatMap((part) => this.#of(part))
    if (ts.isTypeReferenceNode(node)) {
      const own = this.ofAlias(symbolAt(node.typeName, checker))
      return [...own, ...(node.typeArguments ?? []).flatMap((part) => this.#of(part))]
    }
    if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.KeyOfKeyword) {
      const properties = checker.getPropertiesOfType(checker.getTypeFromTypeNode(node.type))
      return properties.map(({ name }) => keyOf(name))
    }
    if (ts.isIndexedAccessTypeNode(node)) {
      const list = checker.getTypeFromTypeNode(node.objectType)
      // cast: a tuple is a reference to its own kind of type
      if (checker.isTupleType(list))
        return checker.getTypeArguments(list as ts.TypeReference).flatMap(keyOfType)
    }
    return keyOfType(checker.getTypeFromTypeNode(node))
  }
}

function keyOfType(type: ts.Type): readonly string[] {
  return type.isStringLiteral() || type.isNumberLiteral() ? [keyOf(type.value)] : []
}
