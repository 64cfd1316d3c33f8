/** What a union was made of. */

import type { ts } from 'ts-morph'

/** The members of a union as they were written: adding `undefined` to an alias flattens it, but keeps its origin. */
export function constituentsOf(type: ts.UnionType): readonly ts.Type[] {
  const { origin } = type as ts.UnionType & { readonly origin?: ts.Type } // cast: internal; without it names are lost, not types
  return origin !== undefined && origin.isUnion() ? origin.types : type.types
}
