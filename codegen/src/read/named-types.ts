/** Decides which types keep their name. */

import { createHash } from 'node:crypto'
import { ts } from 'ts-morph'
import { isLibrarySymbol } from './library-types.ts'
import type { Reading } from './reading.ts'
import { wordOf } from './type-words.ts'

/** What is known of a named type while reading. */
export interface Naming {
  /** The name it would like to have. */
  readonly name: string
  readonly symbol: ts.Symbol
}

/** The name that the source gives to `type`: of an alias, an interface, a class or an enum of the project. */
export function namingOf(type: ts.Type, reading: Reading): Naming | undefined {
  const alias = type.aliasSymbol
  if (alias !== undefined && isNameable(alias, reading)) {
    const parameters = type.aliasTypeArguments ?? []
    if (parameters.length === 0 || !isTypeFunction(alias)) return naming(alias, parameters, reading)
  }
  const symbol = type.getSymbol()
  const declared = ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.Enum
  if (symbol === undefined || !(symbol.flags & declared) || !isNameable(symbol, reading))
    return undefined
  return naming(symbol, argumentsOf(type, reading.checker), reading)
}

/** What a generic type of any kind is made with. */
export function typeArgumentsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  return type.aliasTypeArguments ?? argumentsOf(type, checker)
}

function argumentsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  if (!(type.flags & ts.TypeFlags.Object)) return []
  const reference = type as ts.TypeReference // cast: only read where the object flag says so
  if (!((reference.objectFlags ?? 0) & ts.ObjectFlags.Reference)) return []
  // The implicit `this` argument of interfaces comes last.
  return checker.getTypeArguments(reference).slice(0, reference.target.typeParameters?.length ?? 0)
}

/** `Page<Task>` becomes `PageOfTask`. */
function naming(symbol: ts.Symbol, parameters: readonly ts.Type[], reading: Reading): Naming {
  const words = parameters
    .map((parameter) =>
      wordOf(parameter, { reading, nameOf: (type) => namingOf(type, reading)?.name }),
    )
    .join('And')
  return {
    symbol,
    name: parameters.length === 0 ? symbol.name : shorten(`${symbol.name}Of${words}`),
  }
}

/** Names above this length end in a digest. */
const maximumName = 60

function shorten(name: string): string {
  return name.length <= maximumName
    ? name
    : `${name.slice(0, maximumName - 8)}${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

/** Types of packages are read by their shape: their names mean nothing to the application's clients. */
export function isNameable(symbol: ts.Symbol, reading: Reading): boolean {
  const file = symbol.declarations?.[0]?.getSourceFile()
  return (
    file !== undefined &&
    !file.fileName.includes('/node_modules/') &&
    !isLibrarySymbol(symbol, reading.program) &&
    /^[A-Za-z_$][\w$]*$/.test(symbol.name) &&
    !symbol.name.startsWith('__')
  )
}

/** Generic aliases that compute a type (mapped, conditional) are not a thing with a name of its own. */
function isTypeFunction(alias: ts.Symbol): boolean {
  const node = alias.declarations?.find(ts.isTypeAliasDeclaration)?.type
  return !(
    node !== undefined &&
    (ts.isTypeLiteralNode(node) || ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node))
  )
}
