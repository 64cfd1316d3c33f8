/** Arrays and tuples. */

import { ts } from 'ts-morph'
import { type TupleItem, type TypeNode, withoutVoid } from '../ir/type.ts'
import type { TypePlace, TypeReader } from './types.ts'

/** The type arguments of an array, a tuple, a `Map` or a `Set`. */
export function argumentsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  return checker.getTypeArguments(type as ts.TypeReference) // cast: arrays, tuples, Map and Set are references
}

export function readArray(type: ts.Type, place: TypePlace, types: TypeReader): TypeNode {
  const [item] = argumentsOf(type, types.reading.checker)
  return {
    kind: 'array',
    item: types.part(item, place, { step: '[]' }),
    readonly: type.getSymbol()?.name === 'ReadonlyArray',
  }
}

/** A tuple, and how its items are written, where that is known. */
export interface TupleReading {
  readonly type: ts.Type
  readonly place: TypePlace
  readonly types: TypeReader
  readonly nodes?: readonly ts.TypeNode[]
}

export function readTuple({ type, place, types, nodes = [] }: TupleReading): TypeNode {
  const { target } = type as ts.TupleTypeReference // cast: the callers ask isTupleType
  const parts = argumentsOf(type, types.reading.checker).map((part, index) => ({
    flags: target.elementFlags[index] ?? ts.ElementFlags.Required,
    type: types.part(part, place, { step: `[${index}]`, node: nodes[index] }),
    name: nameOf(target.labeledElementDeclarations?.[index]),
  }))
  const rest = parts.find((part) => part.flags & ts.ElementFlags.Variable)
  if (rest !== undefined && parts.at(-1) !== rest) {
    return types.refuse(place, 'has items after a rest element; put the rest element last')
  }
  const named = parts.every(({ name }) => name !== undefined)
  const items = parts
    .filter((part) => part !== rest)
    .map((part): TupleItem => {
      const optional = (part.flags & ts.ElementFlags.Optional) !== 0
      return {
        type: optional ? withoutVoid(part.type).type : part.type,
        optional,
        ...(named && part.name !== undefined ? { name: part.name } : {}),
      }
    })
  return {
    kind: 'tuple',
    readonly: target.readonly,
    items,
    ...(rest === undefined ? {} : { rest: rest.type }),
    ...(named && rest?.name !== undefined ? { restName: rest.name } : {}),
  }
}

function nameOf(
  declaration: ts.NamedTupleMember | ts.ParameterDeclaration | undefined,
): string | undefined {
  return declaration !== undefined && ts.isIdentifier(declaration.name)
    ? declaration.name.text
    : undefined
}
