/** Evaluates constant expressions: what options of marks may be made of. */

import { ts } from 'ts-morph'
import { definitionOf, initializerOf, type Reading, shown, unaliased } from './reading.ts'

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
  return valueOf(node, { checker, open: new Set() })
}

/** The value of `node`; a problem is reported, and `undefined` given, when it has none. */
export function constantOf(node: ts.Expression, reading: Reading): Constant {
  try {
    return evaluate(node, reading.checker)
  } catch (error) {
    if (!(error instanceof NotConstant)) throw error
    reading.report(error.node, error.message)
    return undefined
  }
}

/** The properties of an object literal by name, spreads of constant objects included. */
export function propertiesOf(
  node: ts.Expression,
  checker: ts.TypeChecker,
): ReadonlyMap<string, ts.Expression> {
  return entriesOf(node, { checker, open: new Set() })
}

/** Where an evaluation is. */
interface Evaluation {
  readonly checker: ts.TypeChecker
  /** What is being evaluated from the start to here: what leads back to itself has no value. */
  readonly open: ReadonlySet<ts.Expression>
}

function enter(
  node: ts.Expression,
  { checker, open }: Evaluation,
): { readonly expression: ts.Expression; readonly inside: Evaluation } {
  const expression = definitionOf(node, checker)
  if (expression === undefined || open.has(expression)) throw new NotConstant(node)
  return { expression, inside: { checker, open: new Set([...open, expression]) } }
}

function valueOf(node: ts.Expression, evaluation: Evaluation): Constant {
  const { expression, inside } = enter(node, evaluation)
  if (ts.isStringLiteralLike(expression)) return expression.text
  if (ts.isNumericLiteral(expression)) return Number(expression.text.replaceAll('_', ''))
  if (ts.isArrayLiteralExpression(expression)) return arrayValue(expression, inside)
  if (ts.isObjectLiteralExpression(expression)) return objectValue(expression, evaluation)
  if (ts.isPrefixUnaryExpression(expression)) return prefixValue(expression, inside)
  if (ts.isBinaryExpression(expression)) return binaryValue(expression, inside)
  if (ts.isTemplateExpression(expression)) return templateValue(expression, inside)
  if (ts.isPropertyAccessExpression(expression)) return memberValue(expression, inside)
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

function entriesOf(
  node: ts.Expression,
  evaluation: Evaluation,
): ReadonlyMap<string, ts.Expression> {
  const { expression, inside } = enter(node, evaluation)
  if (!ts.isObjectLiteralExpression(expression)) throw new NotConstant(node)
  const found = new Map<string, ts.Expression>()
  for (const property of expression.properties) {
    if (ts.isSpreadAssignment(property)) {
      for (const [name, value] of entriesOf(property.expression, inside)) found.set(name, value)
    } else if (ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)) {
      found.set(property.name.text, property.initializer)
    } else if (ts.isShorthandPropertyAssignment(property)) {
      found.set(property.name.text, shorthandValue(property, evaluation.checker))
    } else throw new NotConstant(property)
  }
  return found
}

function shorthandValue(
  property: ts.ShorthandPropertyAssignment,
  checker: ts.TypeChecker,
): ts.Expression {
  // getSymbolAtLocation of a shorthand gives the property; its value is the variable of that name.
  const symbol = unaliased(checker.getShorthandAssignmentValueSymbol(property), checker)
  const initializer = initializerOf(symbol)
  if (initializer === undefined) throw new NotConstant(property)
  return initializer
}

function arrayValue(node: ts.ArrayLiteralExpression, inside: Evaluation): Constant {
  return node.elements.flatMap((element): readonly Constant[] => {
    if (!ts.isSpreadElement(element)) return [valueOf(element, inside)]
    const spread = valueOf(element.expression, inside)
    if (!Array.isArray(spread)) throw new NotConstant(element)
    return spread as readonly Constant[] // cast: Array.isArray does not narrow readonly arrays
  })
}

function objectValue(node: ts.ObjectLiteralExpression, evaluation: Evaluation): Constant {
  const inside = enter(node, evaluation).inside
  return Object.fromEntries(
    [...entriesOf(node, evaluation)].map(([name, value]) => [name, valueOf(value, inside)]),
  )
}

function prefixValue(node: ts.PrefixUnaryExpression, inside: Evaluation): Constant {
  const value = valueOf(node.operand, inside)
  if (node.operator === ts.SyntaxKind.MinusToken && typeof value === 'number') return -value
  throw new NotConstant(node)
}

function binaryValue(node: ts.BinaryExpression, inside: Evaluation): Constant {
  const [left, right] = [valueOf(node.left, inside), valueOf(node.right, inside)]
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

function templateValue(node: ts.TemplateExpression, inside: Evaluation): Constant {
  return node.templateSpans.reduce((text, span) => {
    const value = valueOf(span.expression, inside)
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new NotConstant(span.expression)
    return `${text}${value}${span.literal.text}`
  }, node.head.text)
}

/** `Roles.admin`: an enum member, or a property of a constant object. */
function memberValue(node: ts.PropertyAccessExpression, inside: Evaluation): Constant {
  const type = inside.checker.getTypeAtLocation(node)
  if (type.flags & ts.TypeFlags.EnumLiteral && type.isLiteral() && typeof type.value !== 'object')
    return type.value
  const object = definitionOf(node.expression, inside.checker)
  const member =
    object !== undefined && ts.isObjectLiteralExpression(object)
      ? entriesOf(object, inside).get(node.name.text)
      : undefined
  if (member === undefined) throw new NotConstant(node)
  return valueOf(member, inside)
}
