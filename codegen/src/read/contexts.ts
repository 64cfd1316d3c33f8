/** Resolves references to contexts and targets: `UserContext`, `UserContext.own`, `UserContext.only('userProfile')`. */

import { type ArtifactTarget, isWireName, toWireName } from '@mizan/protocol'
import { ts } from 'ts-morph'
import { type Constant, constantOf } from './constants.ts'
import { bare, definitionOf, type Reading, shown } from './reading.ts'
import { serverExportOf } from './server-import.ts'

/** The name of the context that `node` refers to; a problem is reported when it refers to none. */
export function readContext(node: ts.Expression, reading: Reading): string | undefined {
  const found = contextOf(node, reading)
  if (found === undefined) {
    reading.report(
      node,
      `${shown(node)} is not a context; use GlobalContext, or a const made with defineContext('name')`,
    )
    return undefined
  }
  if (isWireName(found)) return found
  const wire = toWireName(found)
  reading.report(
    node,
    `the context "${found}" has no wire name; a context is named in snake_case${wire === null ? '' : `, here "${wire}"`}`,
  )
  return undefined
}

/** The targets of `affects`: one, or a list of them. */
export function readTargets(node: ts.Expression, reading: Reading): ArtifactTarget[] {
  const expression = definitionOf(node, reading.checker) ?? bare(node)
  if (!ts.isArrayLiteralExpression(expression)) return readTarget(node, reading)
  return expression.elements.flatMap((element) =>
    ts.isSpreadElement(element)
      ? readTargets(element.expression, reading)
      : readTargets(element, reading),
  )
}

function readTarget(node: ts.Expression, reading: Reading): ArtifactTarget[] {
  const expression = contextReference(node, reading)
  if (ts.isPropertyAccessExpression(expression) && expression.name.text === 'own') {
    const context = readContext(expression.expression, reading)
    return context === undefined ? [] : [{ context, own: true }]
  }
  if (ts.isCallExpression(expression) && isOnly(expression.expression)) {
    return readOnly(expression, expression.expression, reading)
  }
  if (ts.isObjectLiteralExpression(expression)) return readLiteral(expression, reading)
  const context = readContext(node, reading)
  return context === undefined ? [] : [{ context }]
}

/** Like `definitionOf`, but stops at a context, whose definition is a call. */
function contextReference(node: ts.Expression, reading: Reading): ts.Expression {
  return contextOf(node, reading) === undefined
    ? (definitionOf(node, reading.checker) ?? bare(node))
    : bare(node)
}

function isOnly(node: ts.Expression): node is ts.PropertyAccessExpression {
  return ts.isPropertyAccessExpression(node) && node.name.text === 'only'
}

function readOnly(
  call: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  reading: Reading,
): ArtifactTarget[] {
  const context = readContext(callee.expression, reading)
  const [argument] = call.arguments
  const member = argument === undefined ? undefined : constantOf(argument, reading)
  const wire = typeof member === 'string' ? toWireName(member) : null
  if (context === undefined) return []
  if (wire === null) {
    reading.report(
      call,
      `${shown(call)} must name a function of the context, as in .only('userProfile')`,
    )
    return []
  }
  return [{ context, function: wire }]
}

function readLiteral(node: ts.ObjectLiteralExpression, reading: Reading): ArtifactTarget[] {
  const value = constantOf(node, reading)
  if (value === undefined) return []
  const { context, function: member, params } = value as Record<string, Constant> // cast: of an object literal
  if (typeof context !== 'string' || !isWireName(context)) {
    reading.report(node, 'a target needs the name of a context, such as { context: "user" }')
    return []
  }
  return [
    {
      context,
      ...(typeof member === 'string' ? { function: member } : {}),
      ...(typeof params === 'object' && params !== null && !Array.isArray(params)
        ? { params: params as Record<string, unknown> } // cast: not an array, not null
        : {}),
    },
  ]
}

function contextOf(node: ts.Expression, reading: Reading): string | undefined {
  const { checker } = reading
  if (serverExportOf(bare(node), checker) === 'GlobalContext') return 'global'
  const definition = definitionOf(node, checker)
  if (definition === undefined || !ts.isCallExpression(definition)) return undefined
  if (serverExportOf(definition.expression, checker) !== 'defineContext') return undefined
  const [name] = definition.arguments
  const value = name === undefined ? undefined : constantOf(name, reading)
  return typeof value === 'string' ? value : undefined
}
