/** Types without parts, and the ones that can be refused at first sight. */

import { ts } from 'ts-morph'
import { scalar, type TypeNode } from '../ir/type.ts'
import { readTemplate } from './template-types.ts'
import type { TypePlace, TypeReader } from './types.ts'
import { unresolvedReason } from './unresolved.ts'

/** Where a scalar is read. */
export interface ScalarReading {
  readonly place: TypePlace
  readonly types: TypeReader
  readonly node?: ts.TypeNode | undefined
}

/** Reads a type without parts; `undefined` for all others. */
export function readScalar(type: ts.Type, reading: ScalarReading): TypeNode | undefined {
  const { place, types } = reading
  const { flags } = type
  if (flags & ts.TypeFlags.Any) return readAny(type, reading)
  if (flags & ts.TypeFlags.Unknown) return scalar.unknown
  if (flags & ts.TypeFlags.Null) return scalar.null
  if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return scalar.void
  if (flags & ts.TypeFlags.Boolean) return scalar.boolean
  if (flags & ts.TypeFlags.BigIntLike) return readBigint(type, reading)
  if (flags & ts.TypeFlags.EnumLike) return undefined
  if (flags & ts.TypeFlags.String) return scalar.string
  if (flags & ts.TypeFlags.StringMapping)
    return types.refuse(
      place,
      `is ${types.reading.checker.typeToString(type)}, which no schema can check; use string, with @pattern`,
    )
  if (flags & ts.TypeFlags.TemplateLiteral) return readTemplate(type, place, types)
  if (flags & ts.TypeFlags.Number) return scalar.number
  if (type.isLiteral() && typeof type.value !== 'object')
    return { kind: 'literal', value: type.value }
  if (flags & ts.TypeFlags.BooleanLiteral) return { kind: 'literal', value: isTrue(type) }
  if (flags & ts.TypeFlags.NonPrimitive)
    return { kind: 'object', properties: [], index: scalar.unknown }
  return readRefused(type, reading)
}

function readRefused(type: ts.Type, { place, types }: ScalarReading): TypeNode | undefined {
  const { flags } = type
  if (flags & ts.TypeFlags.ESSymbolLike)
    return types.refuse(place, 'is a symbol, which cannot cross; use a string')
  if (flags & ts.TypeFlags.Never)
    return types.refuse(place, 'is never, which has no values; remove it')
  // Intersections of type parameters are instantiable too, and read by what they are made of.
  if (flags & ts.TypeFlags.Instantiable) {
    const text = types.reading.checker.typeToString(type)
    return types.refuse(
      place,
      `depends on the type parameter ${text}; a client needs one definite type`,
    )
  }
  return undefined
}

/** Literals of bigint are decimal text like all others: JSON has no way to hold one of them alone. */
function readBigint(type: ts.Type, { place, types }: ScalarReading): TypeNode {
  return type.flags & ts.TypeFlags.BigIntLiteral
    ? types.refuse(
        place,
        `is the literal ${types.reading.checker.typeToString(type)}; use bigint, or a number literal`,
      )
    : scalar.bigint
}

function readAny(type: ts.Type, { place, types, node }: ScalarReading): TypeNode {
  const { intrinsicName } = type as ts.Type & { readonly intrinsicName?: string } // cast: internal, but stable
  return intrinsicName === 'error'
    ? types.refuse(
        place,
        `has a type that could not be resolved; ${unresolvedReason(node ?? place.node, types.reading)}`,
      )
    : scalar.unknown
}

function isTrue(type: ts.Type): boolean {
  return (type as ts.Type & { readonly intrinsicName?: string }).intrinsicName === 'true' // cast: internal, but stable
}
