/** Reads `throws`: error classes made with `defineError`, with their code, status and the type of their data. */

import { ts } from 'ts-morph'
import type { ApiError } from '../ir/api.ts'
import { compareText } from '../problem.ts'
import { constantOf } from './constants.ts'
import type { Mark } from './mark.ts'
import { bare, definitionOf, type Reading, shown, symbolAt } from './reading.ts'
import { serverExportOf } from './server-import.ts'
import type { TypeReader } from './types.ts'
import { checkResult } from './usage.ts'

/** The error classes of a function, sorted by code. */
export function readErrors(
  node: ts.Expression | undefined,
  mark: Mark,
  types: TypeReader,
): readonly ApiError[] {
  if (node === undefined) return []
  const errors = new Map<string, ApiError>()
  for (const element of elementsOf(node, types.reading)) {
    const error = readError(element, mark, types)
    if (error === undefined) continue
    if (errors.has(error.code))
      types.reading.report(
        element,
        `${mark.name}: two classes of throws have the code ${error.code}`,
      )
    errors.set(error.code, error)
  }
  return [...errors.values()].sort((a, b) => compareText(a.code, b.code))
}

/** The expressions of a list, through constants and spreads. */
function elementsOf(node: ts.Expression, reading: Reading): ts.Expression[] {
  const list = definitionOf(node, reading.checker)
  if (list === undefined || !ts.isArrayLiteralExpression(list)) {
    reading.report(node, `throws must be a list of error classes, got ${shown(node)}`)
    return []
  }
  return list.elements.flatMap((element) =>
    ts.isSpreadElement(element) ? elementsOf(element.expression, reading) : [element],
  )
}

function readError(node: ts.Expression, mark: Mark, types: TypeReader): ApiError | undefined {
  const { reading } = types
  const call = definingCall(node, reading)
  if (call === undefined) {
    reading.report(
      node,
      `${mark.name}: throws needs classes made with defineError in the project's source, got ${shown(node)}`,
    )
    return undefined
  }
  const [codeNode, optionsNode] = call.arguments
  const code = codeNode && constantOf(codeNode, reading)
  const options = optionsNode && constantOf(optionsNode, reading)
  const status =
    typeof options === 'object' && options !== null && 'status' in options
      ? options.status
      : undefined
  if (typeof code !== 'string' || typeof status !== 'number') {
    reading.report(call, `${shown(call)} needs a constant code and a constant status`)
    return undefined
  }
  const data = call.typeArguments?.[1]
  if (data === undefined) return { code, status }
  const type = reading.checker.getTypeFromTypeNode(data)
  if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)) return { code, status }
  const place = { node: data, path: `${code}: data` }
  const read = types.read(type, place, data)
  checkResult(read, place, types)
  return { code, status, data: read }
}

/** `defineError(…)` behind a constant, or behind the class that extends it. */
function definingCall(node: ts.Expression, reading: Reading): ts.CallExpression | undefined {
  const { checker } = reading
  const expression = definitionOf(node, checker) ?? bare(node)
  if (ts.isCallExpression(expression)) {
    return serverExportOf(expression.expression, checker) === 'defineError' ? expression : undefined
  }
  const base = symbolAt(expression, checker)?.declarations?.find(ts.isClassDeclaration)
  const extended = base?.heritageClauses?.find(
    (clause) => clause.token === ts.SyntaxKind.ExtendsKeyword,
  )?.types[0]?.expression
  return extended === undefined ? undefined : definingCall(extended, reading)
}
