/** Reads what a marked function takes: its arguments by name. */

import { isWireName, toWireName } from '@mizan/protocol'
import { ts } from 'ts-morph'
import type { ApiParam } from '../ir/api.ts'
import { type DocumentedValue, type TypeNode, withoutVoid } from '../ir/type.ts'
import { evaluate, NotConstant } from './constants.ts'
import { valueDocumentationOf } from './documentation.ts'
import { fits } from './documented-values.ts'
import type { Mark } from './mark.ts'
import { propertiesOf } from './object-types.ts'
import { type Reading, shown } from './reading.ts'
import type { TypeReader } from './types.ts'
import { checkArgument } from './usage.ts'
import { writtenType } from './written-types.ts'

/** The arguments of a function. */
export interface ReadParams {
  readonly params: readonly ApiParam[]
  /** They are the properties of its only, destructured parameter. */
  readonly destructured: boolean
}

/** What is read, and where problems are reported: a function, or a channel. */
export interface ParamsOwner {
  readonly node: ts.Node
  readonly name: string
}

/** Reads the declared parameters of a mark. */
export function readParams(mark: Mark, types: TypeReader): ReadParams {
  const { reading } = types
  const declared = mark.signature.getParameters()
  const [first] = declared
  const declaration = first === undefined ? undefined : parameterOf(first)
  if (
    first === undefined ||
    declaration === undefined ||
    !ts.isObjectBindingPattern(declaration.name)
  ) {
    const params = declared.flatMap((symbol) => readParam(symbol, mark, types))
    return { params: unique(params, mark, reading), destructured: false }
  }
  if (declared.length > 1) {
    reading.report(
      declaration,
      `${mark.name}: a destructured parameter must be the only one; give it a name, or take all arguments in it`,
    )
  }
  const type = reading.checker.getNonNullableType(reading.checker.getTypeOfSymbol(first))
  return { destructured: true, params: readProperties(type, mark, { node: declaration, types }) }
}

function readParam(symbol: ts.Symbol, mark: Mark, types: TypeReader): ApiParam[] {
  const { reading } = types
  const declaration = parameterOf(symbol)
  const node = declaration ?? mark.node
  if (declaration !== undefined && !ts.isIdentifier(declaration.name)) {
    reading.report(
      node,
      `${mark.name}: ${shown(node)} has no name; arguments travel by name, so give it one`,
    )
    return []
  }
  const rest = declaration?.dotDotDotToken !== undefined
  const optional = declaration !== undefined && reading.checker.isOptionalParameter(declaration)
  return readArgument({ symbol, optional: optional || rest, rest, owner: mark, node, types })
}

interface ArgumentReading {
  readonly symbol: ts.Symbol
  readonly optional: boolean
  readonly rest?: boolean
  readonly owner: ParamsOwner
  readonly node: ts.Node
  readonly types: TypeReader
}

function readArgument(argument: ArgumentReading): ApiParam[] {
  const { symbol, optional, rest = false, owner, node, types } = argument
  const { checker } = types.reading
  const wire = toWireName(symbol.name)
  if (wire === null) {
    types.reading.report(
      node,
      `${owner.name}: the argument ${symbol.name} has no wire name; use letters and digits, starting with a letter`,
    )
    return []
  }
  const place = { node, path: `${owner.name}: argument ${symbol.name}` }
  const read = withoutVoid(types.read(checker.getTypeOfSymbol(symbol), place, writtenType(symbol)))
  checkArgument(read.type, place, types)
  return [
    {
      wire,
      key: symbol.name,
      type: read.type,
      required: !optional && !read.optional,
      ...(rest ? { rest: true } : {}),
      ...documentationOfArgument(argument, read.type),
    },
  ]
}

function documentationOfArgument(argument: ArgumentReading, type: TypeNode): DocumentedValue {
  const { symbol, owner, types } = argument
  const { reading } = types
  const path = `${owner.name}: argument ${symbol.name}`
  const found = valueDocumentationOf({ symbol, type, path }, reading)
  // `@param title - The new one.`
  const doc = (found.doc ?? paramTag(owner, symbol.name, reading))?.replace(/^- /, '')
  const initial = initialValue(argument, type)
  const keywords =
    initial === undefined || found.keywords?.default !== undefined
      ? found.keywords
      : { ...found.keywords, default: initial }
  return {
    ...found,
    ...(doc === undefined ? {} : { doc }),
    ...(keywords === undefined ? {} : { keywords }),
  }
}

/** `10` of `limit = 10`; `undefined` where only a running program knows. */
function initialValue({ symbol, node, types }: ArgumentReading, type: TypeNode): unknown {
  const { checker } = types.reading
  const initializer = parameterOf(symbol)?.initializer ?? boundInitializer(node, symbol.name)
  if (initializer === undefined) return undefined
  try {
    const value = evaluate(initializer, checker)
    return fits(value, type) ? value : undefined
  } catch (error) {
    if (error instanceof NotConstant) return undefined
    throw error
  }
}

/** Of one property of a destructured parameter. */
function boundInitializer(node: ts.Node, name: string): ts.Expression | undefined {
  if (!ts.isParameter(node) || !ts.isObjectBindingPattern(node.name)) return undefined
  const element = node.name.elements.find(
    (item) => (item.propertyName ?? item.name).getText() === name && !item.dotDotDotToken,
  )
  return element?.initializer
}

/** `@param name …` above a constant: the compiler does not relate it to the function inside `client(…)`. */
function paramTag(owner: ParamsOwner, name: string, reading: Reading): string | undefined {
  const { symbol } = owner as Partial<Mark> // cast: channels have no such tags
  const tag = symbol
    ?.getJsDocTags(reading.checker)
    .find(
      (item) =>
        item.name === 'param' &&
        item.text?.some((part) => part.kind === 'parameterName' && part.text === name),
    )
  const text = ts.displayPartsToString(tag?.text?.filter((part) => part.kind === 'text')).trim()
  return text === '' ? undefined : text
}

/** Where the properties of an object become arguments. */
export interface PropertiesReading {
  readonly node: ts.Node
  readonly types: TypeReader
  /** Whether there may be none. @default false */
  readonly mayBeEmpty?: boolean
}

/** The properties of one object as arguments. */
export function readProperties(
  type: ts.Type,
  owner: ParamsOwner,
  { node, types, mayBeEmpty = false }: PropertiesReading,
): ApiParam[] {
  const { reading } = types
  const properties = propertiesOf(type, reading.checker)
  const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0
  if (!isObject || (properties.length === 0 && !mayBeEmpty)) {
    reading.report(node, `${owner.name}: the arguments must be the properties of one object type`)
    return []
  }
  const params = properties.flatMap((symbol) => {
    const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0
    return readArgument({ symbol, optional, owner, node, types })
  })
  return unique(params, owner, reading)
}

function parameterOf(symbol: ts.Symbol): ts.ParameterDeclaration | undefined {
  const declaration = symbol.valueDeclaration
  return declaration !== undefined && ts.isParameter(declaration) ? declaration : undefined
}

function unique(params: readonly ApiParam[], owner: ParamsOwner, reading: Reading): ApiParam[] {
  const found = new Map<string, ApiParam>()
  for (const param of params) {
    const other = found.get(param.wire)
    if (other !== undefined) {
      reading.report(
        owner.node,
        `${owner.name}: arguments ${other.key} and ${param.key} are both "${param.wire}" on the wire; rename one`,
      )
    } else if (isWireName(param.wire)) found.set(param.wire, param)
  }
  return [...found.values()]
}
