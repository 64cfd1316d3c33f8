/** Types of the language, the browser and Node: the few that cross the wire, and what to use instead of the others. */

import { ts } from 'ts-morph'

/** Library types with a wire form of their own. */
export type LibraryType = 'date' | 'bytes' | 'map' | 'set' | 'file'

const crossing: ReadonlyMap<string, LibraryType> = new Map([
  ['Date', 'date'],
  ['Uint8Array', 'bytes'],
  ['Buffer', 'bytes'],
  ['Map', 'map'],
  ['ReadonlyMap', 'map'],
  ['Set', 'set'],
  ['ReadonlySet', 'set'],
  ['File', 'file'],
  ['Blob', 'file'],
])

/** Types that come back from a client as something less. */
const arrivals: ReadonlyMap<string, string> = new Map([
  [
    'Buffer',
    'is a Buffer, and what arrives is a Uint8Array; take a Uint8Array, of which Buffer.from(bytes.buffer) makes one',
  ],
])

const bytesWayOut = 'pass a Uint8Array'
const listWayOut = 'pass an array of numbers'
const streamWayOut =
  'collect it into an array, or return it alone, not inside of something, to stream it'

const waysOut: ReadonlyMap<string, string> = new Map([
  ['URL', 'pass its href, a string'],
  ['URLSearchParams', 'pass its text, or a Record<string, string>'],
  ['Headers', 'pass a Record<string, string>'],
  ['FormData', 'take its fields as arguments; files are File'],
  ['FileList', 'take an array of File'],
  ['Error', 'throw it, or pass its message'],
  ['RegExp', 'pass its source, a string'],
  ['Promise', 'await it'],
  ['ArrayBuffer', bytesWayOut],
  ['SharedArrayBuffer', bytesWayOut],
  ['DataView', bytesWayOut],
  ['Uint8ClampedArray', bytesWayOut],
  ['Int8Array', listWayOut],
  ['Int16Array', listWayOut],
  ['Uint16Array', listWayOut],
  ['Int32Array', listWayOut],
  ['Uint32Array', listWayOut],
  ['Float32Array', listWayOut],
  ['Float64Array', listWayOut],
  ['BigInt64Array', 'pass an array of bigint'],
  ['BigUint64Array', 'pass an array of bigint'],
  ['Response', 'return it from a function of its own, without a union'],
  ['ReadableStream', 'collect it, or return it in a Response from a function with a route'],
  ['AsyncGenerator', streamWayOut],
  ['AsyncIterable', streamWayOut],
  ['AsyncIterableIterator', streamWayOut],
  ['Generator', 'collect it into an array'],
  ['Iterable', 'collect it into an array'],
  ['Iterator', 'collect it into an array'],
  ['IterableIterator', 'collect it into an array'],
  ['WeakMap', 'pass a Map'],
  ['WeakSet', 'pass a Set'],
  ['WeakRef', 'pass what it holds'],
  ['Function', 'pass data, or mark the function with client'],
  ['Object', 'pass unknown, or an object with the values that are needed'],
  ['String', 'write string'],
  ['Number', 'write number'],
  ['Boolean', 'write boolean'],
  ['BigInt', 'write bigint'],
  ['Symbol', 'pass a string'],
])

/** What a type of a library is on the wire, or how to do without it. */
export type LibraryTypeInfo =
  | {
      readonly kind: LibraryType
      /** What is wrong with it as an argument. */
      readonly arrivesAs?: string | undefined
    }
  | { readonly refused: string; readonly wayOut: string }

/** What a library type is on the wire, or how to do without it; `undefined` for types that are no library's. */
export function libraryTypeOf(type: ts.Type, program: ts.Program): LibraryTypeInfo | undefined {
  const symbol = type.getSymbol()
  // Partial<T> and its like also come from a library, but as aliases: what they make is read by its shape.
  if (symbol === undefined || !(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)))
    return undefined
  if (!isLibrarySymbol(symbol, program)) return undefined
  const kind = crossing.get(symbol.name)
  if (kind !== undefined) return { kind, arrivesAs: arrivals.get(symbol.name) }
  return {
    refused: symbol.name,
    wayOut: waysOut.get(symbol.name) ?? 'pass an object with the values that are needed',
  }
}

/** The library type that a class or interface of the project extends: an error class would show its stack. */
export function extendedLibraryType(
  type: ts.Type,
  checker: ts.TypeChecker,
  program: ts.Program,
): ts.Symbol | undefined {
  const { target } = type as ts.TypeReference // cast: undefined for all others
  const declared = target ?? type
  if (!declared.isClassOrInterface()) return undefined
  for (const base of checker.getBaseTypes(declared)) {
    if (libraryTypeOf(base, program) !== undefined) return base.getSymbol()
    const further = extendedLibraryType(base, checker, program)
    if (further !== undefined) return further
  }
  return undefined
}

/** Whether `type` is the web's `Response`. */
export function isResponse(type: ts.Type, program: ts.Program): boolean {
  return isLibraryTypeNamed('Response', type, program)
}

/** Whether `type` is the language's own `Promise` of something. */
export function isPromise(type: ts.Type, program: ts.Program): type is ts.TypeReference {
  return isLibraryTypeNamed('Promise', type, program)
}

function isLibraryTypeNamed(name: string, type: ts.Type, program: ts.Program): boolean {
  const symbol = type.getSymbol()
  return symbol?.name === name && isLibrarySymbol(symbol, program)
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
