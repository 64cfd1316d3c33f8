/** What every part of the reader shares: the checker, and where problems go. */

import { ts } from 'ts-morph'
import type { Problem } from '../problem.ts'
import type { SourceProject } from './project.ts'

/** One run over a project. */
export class Reading {
  readonly project: SourceProject
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
  readonly problems: Problem[] = []

  constructor(project: SourceProject) {
    this.project = project
    this.program = project.program
    this.checker = project.checker
  }

  report(node: ts.Node, message: string): void {
    this.problems.push(this.project.problemAt(node, message))
  }

  /** `src/tasks.ts:12:3`, for a message that names a second place. */
  place(node: ts.Node): string {
    const { file, line, column } = this.project.problemAt(node, '')
    return `${file}:${line}:${column}`
  }
}

/** Takes off parentheses and type assertions: `(x as const)!` is `x`. */
export function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
    ? bare(node.expression)
    : node
}

/**
 * The expression that a constant stands for: `X` of `const X = …`, through imports.
 *
 * @returns the node itself when it names no constant, `undefined` for a name whose value is not known here.
 */
export function definitionOf(
  node: ts.Expression,
  checker: ts.TypeChecker,
): ts.Expression | undefined {
  const seen = new Set<ts.Expression>()
  let expression = bare(node)
  while (ts.isIdentifier(expression) && expression.text !== 'undefined') {
    const initializer = initializerOf(symbolAt(expression, checker))
    // Constants of two modules may be made of each other.
    if (initializer === undefined || seen.has(initializer)) return undefined
    seen.add(initializer)
    expression = bare(initializer)
  }
  return expression
}

/** What a const is made with; `undefined` for everything that is none. */
export function initializerOf(symbol: ts.Symbol | undefined): ts.Expression | undefined {
  const declaration = symbol?.valueDeclaration
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined
  const isConst = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0
  return isConst ? declaration.initializer : undefined
}

/** What a name stands for, through imports. */
export function symbolAt(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  return unaliased(checker.getSymbolAtLocation(node), checker)
}

/** What an import or a re-export stands for; any other symbol is itself. */
export function unaliased(
  symbol: ts.Symbol | undefined,
  checker: ts.TypeChecker,
): ts.Symbol | undefined {
  return symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias
    ? checker.getAliasedSymbol(symbol)
    : symbol
}

/** The text of a node, cut short for a message. */
export function shown(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** The text that documents `symbol`, without tags. */
export function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
  return text === '' ? undefined : text.replaceAll('\r\n', '\n')
}
