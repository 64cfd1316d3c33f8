/** What a module exports, by what it declares. */

import { ts } from 'ts-morph'
import type { Reading } from './reading.ts'

/** The names under which a module exports its declarations. */
export type ExportNames = ReadonlyMap<ts.Symbol, string>

/** Of two names of one thing, the first in the order of the text counts. */
export function exportNames(file: ts.SourceFile, { checker }: Reading): ExportNames {
  const symbol = checker.getSymbolAtLocation(file)
  const names = new Map<ts.Symbol, string>()
  for (const item of symbol === undefined ? [] : checker.getExportsOfModule(symbol)) {
    const declared = item.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(item) : item
    if (!names.has(declared)) names.set(declared, item.name)
  }
  return names
}
