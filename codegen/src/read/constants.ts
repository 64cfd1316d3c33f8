/** Evaluates constant expressions: what options of marks may be made of. */

import { ts } from 'ts-morph'
import { definitionOf, shown } from './reading.ts'

/** A value known without running the project. */
export type Constant =
  | undefined
  | null
  | string
  | number
  | boolean
  | readonly Constant[]
  | { readonly [key: string]: Constant }

/** Thrown for an expression whose value only a running program knows. */
export class NotConstant extends Error {
  readonly node: ts.Node

  constructor(node: ts.Node) {
    super(
      `${shown(node)} is not a constant expression; write a literal, a const that holds one, or an enum member`,
    )
    this.node = node
  }
}

/**
 * The value of `node`: literals, objects, arrays, arithmetic, and constants made of them.
 *
 * @throws NotConstant naming the part that is none of these.
 */
export function evaluate(node: ts.Expression, checker: ts.TypeChecker): Constant {
  const expression = definitionOf(node, checker)
  if (expression === undefined) throw new NotConstant(node)
  if (ts.isStringLiteralLike(expression)) return expression.text
  if (ts.isNumericLiteral(expression)) return Number(expression.text.replaceAll('_', ''))
  if (ts.isArrayLiteralExpression(expression)) return evaluateArray(expression, checker)
  if (ts.isObjectLiteralExpression(expression)) return evaluateObject(expression, checker)
  if (ts.isPrefixUnaryExpression(expression)) return evaluatePrefix(expression, checker)
  if (ts.isBinaryExpression(expression)) return evaluateBinary(expression, checker)
  if (ts.isTemplateExpression(expression)) return evaluateTemplate(expression, checker)
  if (ts.isPropertyAccessExpression(expression)) return evaluateMember(expression, checker)
  if (ts.isIdentifier(expression) && expression.text === 'undefined') return undefined
  switch (expression.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return true
    case ts.SyntaxKind.FalseKeyword:
      return false
    case ts.SyntaxKind.NullKeyword:
      return null
    default:
      throw new NotConstant(expression)
  }
}

/** The properties of an object literal by name, spreads of constant objects included. */
export function propertiesOf(
  node: ts.Expression,
  checker: ts.TypeChecker,
): ReadonlyMap<string, ts.Expression> {
  const object = definitionOf(node, checker)
  if (object === undefined || !ts.isObjectLiteralExpression(object)) throw new NotConstant(node)
  const found = new Map<string, ts.Expression>()
  for (const property of object.properties) {
    if (ts.isSpreadAssignment(property)) {
      for (const [name, value] of propertiesOf(property.expression, checker)) found.set(name, value)
    } else if (ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)) {
      found.set(property.name.text, property.initializer)
    } else if (ts.isShorthandPropertyAssignment(property)) {
      found.set(property.name.text, shorthandValue(property, checker))
    } else throw new NotConstant(property)
  }
  return found
}

function shorthandValue(
  property: ts.ShorthandPropertyAssignment,
  checker: ts.TypeChecker,
): ts.Expression {
  // getSymbolAtLocation of a shorthand gives the property; its value is the variable of that name.
  const found = checker.getShorthandAssignmentValueSymbol(property)
  const symbol =
    found && found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found
  const declaration = symbol?.valueDeclaration
  if (
    declaration === undefined ||
    !ts.isVariableDeclaration(declaration) ||
    declaration.initializer === undefined ||
    !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)
  ) {
    throw new NotConstant(property)
  }
  return declaration.initializer
}

function evaluateArray(node: ts.ArrayLiteralExpression, checker: ts.TypeChecker): Constant {
  return node.elements.flatMap((element): readonly Constant[] => {
    if (!ts.isSpreadElement(element)) return [evaluate(element, checker)]
    const spread = evaluate(element.expression, checker)
    if (!Array.isArray(spread)) throw new NotConstant(element)
    return spread as readonly Constant[] // cast: Array.isArray does not narrow readonly arrays
  })
}

function evaluateObject(node: ts.ObjectLiteralExpression, checker: ts.TypeChecker): Constant {
  return Object.fromEntries(
    [...propertiesOf(node, checker)].map(([name, value]) => [name, evaluate(value, checker)]),
  )
}

function evaluatePrefix(node: ts.PrefixUnaryExpression, checker: ts.TypeChecker): Constant {
  const value = evaluate(node.operand, checker)
  if (node.operator === ts.SyntaxKind.MinusToken && typeof value === 'number') return -value
  throw new NotConstant(node)
}

function evaluateBinary(node: ts.BinaryExpression, checker: ts.TypeChecker): Constant {
  const [left, right] = [evaluate(node.left, checker), evaluate(node.right, checker)]
  if (node.operatorToken.kind === ts.SyntaxKind.PlusToken && typeof left === 'string') {
    if (typeof right === 'string') return left + right
  } else if (typeof left === 'number' && typeof right === 'number') {
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
        return left + right
      case ts.SyntaxKind.MinusToken:
        return left - right
      case ts.SyntaxKind.AsteriskToken:
        return left * right
      case ts.SyntaxKind.SlashToken:
        return left / right
    }
  }
  throw new NotConstant(node)
}

function evaluateTemplate(node: ts.TemplateExpression, checker: ts.TypeChecker): Constant {
  return node.templateSpans.reduce((text, span) => {
    const value = evaluate(span.expression, checker)
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new NotConstant(span.expression)
    return `${text}${value}${span.literal.text}`
  }, node.head.text)
}

/** `Roles.admin`: an enum member, or a property of a constant object. */
function evaluateMember(node: ts.PropertyAccessExpression, checker: ts.TypeChecker): Constant {
  const type = checker.getTypeAtLocation(node)
  if (type.flags & ts.TypeFlags.EnumLiteral && type.isLiteral() && typeof type.value !== 'object')
    return type.value
  const object = definitionOf(node.expression, checker)
  const member =
    object !== undefined && ts.isObjectLiteralExpression(object)
      ? propertiesOf(object, checker).get(node.name.text)
      : undefined
  if (member === undefined) throw new NotConstant(node)
  return evaluate(member, checker)
}
