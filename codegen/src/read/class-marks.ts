/** Marked methods of one class: its own, and those that it inherits from classes that are not served themselves. */

import { ts } from 'ts-morph'
import { isMark, type Mark } from './mark.ts'
import type { Reading } from './reading.ts'

/** What reading a class needs besides the class. */
export interface ClassReading {
  readonly reading: Reading
  /** Collects the decorated methods that some class serves. */
  readonly served: Set<ts.MethodDeclaration>
}

/** Reads an exported, concrete class; `exported` is the name of its export. */
export function readClass(
  node: ts.ClassDeclaration,
  exported: string | undefined,
  { reading, served }: ClassReading,
): Mark[] {
  const symbol = classSymbol(node, reading)
  if (exported === undefined || isAbstract(node) || symbol === undefined) return []
  const { checker } = reading
  const members = [
    ...checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)),
    ...checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)),
  ]
  return members.flatMap((member) => {
    const [method, ...overloads] = (member.declarations ?? []).filter(ts.isMethodDeclaration)
    if (method === undefined) return []
    const decorated = [method, ...overloads].find((item) => markOf(item, reading) !== undefined)
    if (decorated === undefined) {
      reportLostMark(method, member.name, reading)
      return []
    }
    if (decorated.parent !== node && isServed(decorated, reading)) return []
    served.add(decorated)
    if (!isCallable(decorated, overloads.length > 0, reading)) return []
    const [signature] = checker.getSignaturesOfType(
      checker.getTypeOfSymbol(member),
      ts.SignatureKind.Call,
    )
    if (signature === undefined) return []
    return [
      {
        node: decorated.name,
        name: member.name,
        binding: {
          module: reading.project.relativePath(node.getSourceFile().fileName),
          exported,
          member: member.name,
        },
        options: optionsOf(decorated, reading),
        signature,
        symbol: member,
      },
    ]
  })
}

function classSymbol(node: ts.ClassLikeDeclaration, { checker }: Reading): ts.Symbol | undefined {
  return node.name === undefined
    ? checker.getTypeAtLocation(node).getSymbol()
    : checker.getSymbolAtLocation(node.name)
}

function markOf(method: ts.MethodDeclaration, reading: Reading): ts.Decorator | undefined {
  return ts.getDecorators(method)?.find((decorator) => isMark(decorator, reading))
}

function optionsOf(method: ts.MethodDeclaration, reading: Reading): ts.Expression | undefined {
  const expression = markOf(method, reading)?.expression
  return expression !== undefined && ts.isCallExpression(expression)
    ? expression.arguments[0]
    : undefined
}

function isAbstract(node: ts.ClassLikeDeclaration): boolean {
  return hasModifier(node, ts.SyntaxKind.AbstractKeyword)
}

/** Whether the class serves its marked methods itself; its heirs then do not serve them again. */
function isServed({ parent: node }: ts.MethodDeclaration, reading: Reading): boolean {
  if (!ts.isClassLike(node)) return false
  const files = reading.project.functionFiles()
  return (
    !isAbstract(node) &&
    hasModifier(node, ts.SyntaxKind.ExportKeyword) &&
    files.includes(node.getSourceFile())
  )
}

function isCallable(method: ts.MethodDeclaration, overloaded: boolean, reading: Reading): boolean {
  const hidden =
    ts.isPrivateIdentifier(method.name) ||
    hasModifier(method, ts.SyntaxKind.PrivateKeyword) ||
    hasModifier(method, ts.SyntaxKind.ProtectedKeyword)
  const name = method.name.getText()
  const problem = hidden
    ? `${name} is not public; a method that clients call must be`
    : ts.isComputedPropertyName(method.name)
      ? `${name} has a computed name; a method that clients call is named plainly`
      : overloaded
        ? `${name} is overloaded; a client sees one signature, so mark a method for each, or take a union`
        : undefined
  if (problem !== undefined) reading.report(method.name, problem)
  return problem === undefined
}

/** An override replaces the marked method, and with it the mark. */
function reportLostMark(method: ts.MethodDeclaration, name: string, reading: Reading): void {
  const { checker } = reading
  if (!ts.isClassLike(method.parent)) return
  const isStatic = hasModifier(method, ts.SyntaxKind.StaticKeyword)
  const heritage = method.parent.heritageClauses?.find(
    (clause) => clause.token === ts.SyntaxKind.ExtendsKeyword,
  )
  const base = heritage?.types[0]
  if (base === undefined) return
  const owner = isStatic
    ? checker.getTypeAtLocation(base.expression)
    : checker.getTypeAtLocation(base)
  const inherited = checker
    .getPropertyOfType(owner, name)
    ?.declarations?.filter(ts.isMethodDeclaration)
  if (inherited?.some((item) => markOf(item, reading) !== undefined))
    reading.report(method.name, `${name} overrides a marked method; decorate it with @client again`)
  // The mark may have been lost further up.
  else if (inherited?.[0] !== undefined) reportLostMark(inherited[0], name, reading)
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false
}
