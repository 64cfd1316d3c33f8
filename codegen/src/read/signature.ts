/** Reads what a marked function takes and returns. */

import { isWireName, toWireName } from '@mizan/protocol'
import { ts } from 'ts-morph'
import type { ApiParam } from '../ir/api.ts'
import { findAmbiguity } from '../ir/wire-form.ts'
import { scalar, type TypeNode, withoutVoid } from '../ir/type.ts'
import { isResponse } from './library-types.ts'
import type { Mark } from './mark.ts'
import { docOf, type Reading, shown } from './reading.ts'
import type { TypeReader } from './types.ts'
import { writtenType } from './written-types.ts'

/** The declared interface of a function. */
export interface ReadSignature {
  readonly params: readonly ApiParam[]
  readonly destructured: boolean
  readonly result: TypeNode
  /** Returns a web `Response`. */
  readonly view: boolean
}

/** Reads a mark's signature; `input` is the Standard Schema of its options, which then says what it takes. */
export function readSignature(
  mark: Mark,
  types: TypeReader,
  input: ts.Expression | undefined,
): ReadSignature {
  const { reading } = types
  const { checker } = reading
  if ((mark.signature.typeParameters?.length ?? 0) > 0) {
    reading.report(mark.node, `${mark.name} is generic; a client needs definite types`)
    return { params: [], destructured: false, result: scalar.unknown, view: false }
  }
  const { params, destructured } = readParams(mark, types, input)
  const returned = mark.signature.getReturnType()
  const awaited = checker.getAwaitedType(returned) ?? returned
  const view = isResponse(awaited, reading.program)
  return {
    params: unique(params, mark, reading),
    destructured,
    view,
    result: view ? scalar.unknown : readResult(mark, awaited, types),
  }
}

function readResult(mark: Mark, type: ts.Type, types: TypeReader): TypeNode {
  // A function that always throws has nothing to return.
  if (type.flags & ts.TypeFlags.Never) return scalar.void
  const written = mark.signature.getDeclaration()?.type
  const node = written ?? mark.node
  const result = types.read(type, { node, path: `${mark.name}: result` }, awaitedNode(written))
  reportAmbiguity(result, { node, path: `${mark.name}: result` }, types)
  return result
}

/** `Task` of `Promise<Task>`. */
function awaitedNode(node: ts.TypeNode | undefined): ts.TypeNode | undefined {
  const isPromise =
    node !== undefined && ts.isTypeReferenceNode(node) && node.typeName.getText() === 'Promise'
  return isPromise ? node.typeArguments?.[0] : node
}

function readParams(
  mark: Mark,
  types: TypeReader,
  input: ts.Expression | undefined,
): { readonly params: ApiParam[]; readonly destructured: boolean } {
  const { reading } = types
  if (input !== undefined) return { params: readInput(mark, input, types), destructured: false }
  const declared = mark.signature.getParameters()
  const [first] = declared
  const declaration = first === undefined ? undefined : parameterOf(first)
  if (
    first !== undefined &&
    declaration !== undefined &&
    ts.isObjectBindingPattern(declaration.name)
  ) {
    if (declared.length > 1) {
      reading.report(
        declaration,
        `${mark.name}: a destructured parameter must be the only one; give it a name, or take all arguments in it`,
      )
    }
    const type = withoutUndefined(reading.checker.getTypeOfSymbol(first), reading)
    return { destructured: true, params: readProperties(type, { mark, node: declaration, types }) }
  }
  return {
    destructured: false,
    params: declared.flatMap((symbol) => readParam(symbol, mark, types)),
  }
}

function readParam(symbol: ts.Symbol, mark: Mark, types: TypeReader): ApiParam[] {
  const { reading } = types
  const declaration = parameterOf(symbol)
  const node = declaration ?? mark.node
  if (declaration?.dotDotDotToken !== undefined) {
    reading.report(
      node,
      `${mark.name}: ${shown(node)} is a rest parameter; arguments travel by name, so take an array`,
    )
    return []
  }
  if (declaration !== undefined && !ts.isIdentifier(declaration.name)) {
    reading.report(
      node,
      `${mark.name}: ${shown(node)} has no name; arguments travel by name, so give it one`,
    )
    return []
  }
  const optional = declaration !== undefined && reading.checker.isOptionalParameter(declaration)
  return argument({ symbol, optional, mark, node, types })
}

interface ArgumentReading {
  readonly symbol: ts.Symbol
  readonly optional: boolean
  readonly mark: Mark
  readonly node: ts.Node
  readonly types: TypeReader
}

function argument({ symbol, optional, mark, node, types }: ArgumentReading): ApiParam[] {
  const { reading } = types
  const wire = toWireName(symbol.name)
  if (wire === null) {
    reading.report(
      node,
      `${mark.name}: the argument ${symbol.name} has no wire name; use letters and digits, starting with a letter`,
    )
    return []
  }
  const place = { node, path: `${mark.name}: argument ${symbol.name}` }
  const read = withoutVoid(
    types.read(reading.checker.getTypeOfSymbol(symbol), place, writtenType(symbol)),
  )
  reportAmbiguity(read.type, place, types)
  const doc = docOf(symbol, reading.checker) ?? paramTag(mark.symbol, symbol.name, reading)
  return [
    {
      wire,
      key: symbol.name,
      type: read.type,
      required: !optional && !read.optional,
      ...(doc === undefined ? {} : { doc }),
    },
  ]
}

/** `@param name …` above a constant: the compiler does not relate it to the function inside `client(…)`. */
function paramTag(owner: ts.Symbol, name: string, { checker }: Reading): string | undefined {
  const tag = owner
    .getJsDocTags(checker)
    .find(
      (item) =>
        item.name === 'param' &&
        item.text?.some((part) => part.kind === 'parameterName' && part.text === name),
    )
  const text = ts.displayPartsToString(tag?.text?.filter((part) => part.kind === 'text')).trim()
  return text === '' ? undefined : text
}

interface PropertiesReading {
  readonly mark: Mark
  readonly node: ts.Node
  readonly types: TypeReader
}

/** The properties of one object as arguments. */
function readProperties(type: ts.Type, { mark, node, types }: PropertiesReading): ApiParam[] {
  const properties = types.reading.checker.getPropertiesOfType(type)
  if (
    properties.length === 0 ||
    !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))
  ) {
    types.reading.report(
      node,
      `${mark.name}: the arguments must be the properties of one object type`,
    )
    return []
  }
  return properties.flatMap((symbol) =>
    argument({
      symbol,
      optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
      mark,
      node,
      types,
    }),
  )
}

/** What a Standard Schema accepts: the type of its `['~standard'].types.input`. */
function readInput(mark: Mark, input: ts.Expression, types: TypeReader): ApiParam[] {
  const { reading } = types
  const { checker } = reading
  const found = ['~standard', 'types', 'input'].reduce<ts.Type | undefined>((type, name) => {
    const property =
      type === undefined
        ? undefined
        : checker.getPropertyOfType(withoutUndefined(type, reading), name)
    return property === undefined ? undefined : checker.getTypeOfSymbol(property)
  }, checker.getTypeAtLocation(input))
  if (found === undefined) {
    reading.report(
      input,
      `${mark.name}: input must be a Standard Schema whose types are known, got ${shown(input)}`,
    )
    return []
  }
  return readProperties(withoutUndefined(found, reading), { mark, node: input, types })
}

function withoutUndefined(type: ts.Type, { checker }: Reading): ts.Type {
  return checker.getNonNullableType(type)
}

function parameterOf(symbol: ts.Symbol): ts.ParameterDeclaration | undefined {
  const declaration = symbol.valueDeclaration
  return declaration !== undefined && ts.isParameter(declaration) ? declaration : undefined
}

function unique(params: readonly ApiParam[], mark: Mark, reading: Reading): ApiParam[] {
  const found = new Map<string, ApiParam>()
  for (const param of params) {
    const other = found.get(param.wire)
    if (other !== undefined) {
      reading.report(
        mark.node,
        `${mark.name}: arguments ${other.key} and ${param.key} are both "${param.wire}" on the wire; rename one`,
      )
    } else if (isWireName(param.wire)) found.set(param.wire, param)
  }
  return [...found.values()]
}

function reportAmbiguity(
  type: TypeNode,
  place: { readonly node: ts.Node; readonly path: string },
  types: TypeReader,
): void {
  const found = findAmbiguity(type)
  if (found !== undefined)
    types.reading.report(place.node, `${place.path}${found.path} ${found.message}`)
}
