/** Properties that a mapped type made of others: they keep the declaration, and may have another type. */

import type { ts } from 'ts-morph'

const mappedFlag = 1 << 18
const readonlyFlag = 1 << 3

/** What is known of a property of `{ [K in keyof T]: … }`; `undefined` for one that is declared. */
export function mappedPropertyOf(property: ts.Symbol): { readonly readonly: boolean } | undefined {
  const { links } = property as ts.Symbol & { readonly links?: { readonly checkFlags?: number } } // cast: internal; without it readonly is lost, not types
  const flags = links?.checkFlags ?? 0
  return flags & mappedFlag ? { readonly: (flags & readonlyFlag) !== 0 } : undefined
}
