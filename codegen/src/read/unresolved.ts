/** Why a type is not known: what a message says instead of "see tsc". */

import { ts } from 'ts-morph'
import { type Reading, unaliased } from './reading.ts'

/** The name below `node` that stands for nothing, and where it was to come from. */
export function unresolvedReason(node: ts.Node, reading: Reading): string {
  return findReason(node, reading) ?? 'see what tsc says about it'
}

function findReason(node: ts.Node, reading: Reading): string | undefined {
  // The body of a function is not part of its type.
  if (ts.isBlock(node) || ts.isExpression(node)) return undefined
  if (ts.isTypeReferenceNode(node)) {
    const reason = reasonOf(node.typeName, reading)
    if (reason !== undefined) return reason
  }
  return ts.forEachChild(node, (child) => findReason(child, reading))
}

function reasonOf(name: ts.EntityName, { checker }: Reading): string | undefined {
  const symbol = checker.getSymbolAtLocation(name)
  if (symbol?.declarations === undefined) return `nothing here is called ${name.getText()}`
  const declared = unaliased(symbol, checker)
  if (declared?.declarations !== undefined) return undefined
  const module = symbol.declarations.map(specifierOf).find((text) => text !== undefined)
  return module === undefined
    ? undefined
    : `${name.getText()} should come from '${module}', which is not installed or does not export it`
}

function specifierOf(node: ts.Node): string | undefined {
  const declaration = ts.findAncestor(node, ts.isImportDeclaration)
  return declaration !== undefined && ts.isStringLiteral(declaration.moduleSpecifier)
    ? declaration.moduleSpecifier.text
    : undefined
}
