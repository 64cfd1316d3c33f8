/** Decides which types keep their name, and settles names that two types want. */

import { createHash } from 'node:crypto'
import { ts } from 'ts-morph'
import type { NamedType } from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { isLibrarySymbol } from './library-types.ts'
import type { Reading } from './reading.ts'

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

function argumentsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  if (!(type.flags & ts.TypeFlags.Object)) return []
  const reference = type as ts.TypeReference // cast: only read where the object flag says so
  if (!((reference.objectFlags ?? 0) & ts.ObjectFlags.Reference)) return []
  // The implicit `this` argument of interfaces comes last.
  return checker.getTypeArguments(reference).slice(0, reference.target.typeParameters?.length ?? 0)
}

/** `Page<Task>` becomes `PageOfTask`. */
function naming(symbol: ts.Symbol, parameters: readonly ts.Type[], { checker }: Reading): Naming {
  const words = parameters
    .map((parameter) => pascalCase(checker.typeToString(parameter)))
    .join('And')
  return {
    symbol,
    name: parameters.length === 0 ? symbol.name : shorten(`${symbol.name}Of${words}`),
  }
}

/** Names above this length end in a digest. */
const maximumName = 60

function shorten(name: string): string {
  return name.length <= maximumName ? name : `${name.slice(0, maximumName - 8)}${digest(name)}`
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
  return node === undefined || !(ts.isTypeLiteralNode(node) || ts.isUnionTypeNode(node))
}

/** A named type, where it was declared, and the name it would like. */
export interface NameWish {
  readonly type: NamedType
  readonly wanted: string
  /** Of the declaration, relative to the project. */
  readonly file: string
  /** Tells apart instantiations of one declaration. */
  readonly detail: string
}

/**
 * Gives every type its name. Where two want the same, or generated code needs it, the module's name is put before it
 * (`AdminTask`), and a digest behind it when that is taken too. Depends on nothing but the wishes.
 */
export function settleNames(wishes: readonly NameWish[], reserved: ReadonlySet<string>): void {
  const counts = new Map<string, number>()
  for (const { wanted } of wishes) counts.set(wanted, (counts.get(wanted) ?? 0) + 1)
  const taken = new Set(reserved)
  const free = (name: string): boolean => !taken.has(name)
  const order = [...wishes].sort(
    (a, b) =>
      compareText(a.wanted, b.wanted) ||
      compareText(a.file, b.file) ||
      compareText(a.detail, b.detail),
  )
  for (const wish of order) {
    if (counts.get(wish.wanted) === 1 && free(wish.wanted)) assign(wish, wish.wanted, taken)
  }
  for (const wish of order.filter((candidate) => candidate.type.name === '')) {
    const long = `${pascalCase(stem(wish.file))}${wish.wanted}`
    assign(
      wish,
      free(long) ? long : `${wish.wanted}${digest(`${wish.file} ${wish.detail}`)}`,
      taken,
    )
  }
}

function assign(wish: NameWish, name: string, taken: Set<string>): void {
  wish.type.name = name
  taken.add(name)
}

function stem(file: string): string {
  return file.replace(/^.*\//, '').replace(/\..*$/, '')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

/** The words of any text as one name: `task-list` becomes `TaskList`. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')
}
