/** Unions: their members as they were written, with enums and booleans put together again. */

import { ts } from 'ts-morph'
import { scalar, type TypeNode, unionOf } from '../ir/type.ts'
import { inWrittenOrder } from './literal-order.ts'
import type { TypePlace, TypeReader } from './types.ts'
import { constituentsOf } from './union-constituents.ts'

/** Reads a union. */
export function readUnion(type: ts.UnionType, place: TypePlace, types: TypeReader): TypeNode {
  const { checker } = types.reading
  const nodes = withWholeEnums(type, checker).map((member) => types.read(member, place))
  const hasBoth = [true, false].every((value) =>
    nodes.some((node) => node.kind === 'literal' && node.value === value),
  )
  if (!hasBoth)
    return isOfEnums(type)
      ? unionOf(nodes)
      : inWrittenOrder(unionOf(nodes), type.aliasSymbol, checker)
  const others = nodes.filter((node) => node.kind !== 'literal' || typeof node.value !== 'boolean')
  return inWrittenOrder(unionOf([...others, scalar.boolean]), type.aliasSymbol, checker)
}

/** The members of an enum are numbered as they are declared. */
function isOfEnums(type: ts.UnionType): boolean {
  return type.types.some((member) => member.flags & ts.TypeFlags.EnumLiteral)
}

/** Puts together the members of an enum of which a union has all: `Level | undefined` flattens it. */
function withWholeEnums(type: ts.UnionType, checker: ts.TypeChecker): readonly ts.Type[] {
  const members = constituentsOf(type)
  // The enum itself: its members are what is asked for.
  if (type.flags & ts.TypeFlags.EnumLiteral) return members
  const wholes = new Map<ts.Type, ts.Type[]>()
  for (const member of members) {
    if (!(member.flags & ts.TypeFlags.EnumLiteral) || member.isUnion()) continue
    const whole = checker.getBaseTypeOfLiteralType(member)
    wholes.set(whole, [...(wholes.get(whole) ?? []), member])
  }
  const replaced = new Set<ts.Type>()
  const found: ts.Type[] = []
  for (const [whole, parts] of wholes) {
    if (!whole.isUnion() || whole.types.length !== parts.length) continue
    parts.forEach((part) => replaced.add(part))
    found.push(whole)
  }
  return [...members.filter((member) => !replaced.has(member)), ...found]
}
