/** Types of the language, the browser and Node: the few that cross the wire, and what to use instead of the others. */

import { ts } from 'ts-morph'

/** Library types with a wire form of their own. */
export type LibraryType = 'date' | 'bytes' | 'map' | 'set'

const crossing: ReadonlyMap<string, LibraryType> = new Map([
  ['Date', 'date'],
  ['Uint8Array', 'bytes'],
  ['Buffer', 'bytes'],
  ['Map', 'map'],
  ['ReadonlyMap', 'map'],
  ['Set', 'set'],
  ['ReadonlySet', 'set'],
])

const waysOut: ReadonlyMap<string, string> = new Map([
  ['URL', 'pass its href, a string'],
  ['Error', 'throw it, or pass its message'],
  ['RegExp', 'pass its source, a string'],
  ['Promise', 'await it'],
  ['Blob', 'pass a Uint8Array'],
  ['File', 'pass its name and a Uint8Array'],
  ['ArrayBuffer', 'pass a Uint8Array'],
  ['Response', 'return it from a function of its own, without a union'],
  ['ReadableStream', 'collect it, or return it in a Response from a function with a route'],
  ['AsyncGenerator', 'collect it into an array'],
  ['AsyncIterable', 'collect it into an array'],
  ['Generator', 'collect it into an array'],
  ['Iterable', 'collect it into an array'],
  ['WeakMap', 'pass a Map'],
  ['WeakSet', 'pass a Set'],
])

/** What a library type is on the wire, or how to do without it; `undefined` for types that are no library's. */
export function libraryTypeOf(
  type: ts.Type,
  program: ts.Program,
):
  | { readonly kind: LibraryType }
  | { readonly refused: string; readonly wayOut: string }
  | undefined {
  const symbol = type.getSymbol()
  // Partial<T> and its like also come from a library, but as aliases: what they make is read by its shape.
  if (symbol === undefined || !(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)))
    return undefined
  if (!isLibrarySymbol(symbol, program)) return undefined
  const kind = crossing.get(symbol.name)
  if (kind !== undefined) return { kind }
  return {
    refused: symbol.name,
    wayOut: waysOut.get(symbol.name) ?? 'pass an object with the values that are needed',
  }
}

/** Whether `type` is the web's `Response`. */
export function isResponse(type: ts.Type, program: ts.Program): boolean {
  const symbol = type.getSymbol()
  return symbol?.name === 'Response' && isLibrarySymbol(symbol, program)
}

/** By file as well as by name: an application may have a `Map` or a `Response` of its own. */
export function isLibrarySymbol(symbol: ts.Symbol, program: ts.Program): boolean {
  const declarations = symbol.declarations ?? []
  return declarations.some((declaration) => {
    const file = declaration.getSourceFile()
    return (
      program.isSourceFileDefaultLibrary(file) ||
      /\/node_modules\/(typescript|@types\/node|undici-types|bun-types|@types\/bun|@cloudflare\/workers-types)\//.test(
        file.fileName,
      )
    )
  })
}
