/** Finds what is marked with `client`, in its three forms, and refuses marks that could not be served. */

import { ts } from 'ts-morph'
import type { ChannelCall } from './channels.ts'
import { readClass } from './class-marks.ts'
import { type ExportNames, exportNames } from './exports.ts'
import { isMark, type Mark } from './mark.ts'
import { bare, type Reading, shown } from './reading.ts'
import { serverExportOf } from './server-import.ts'

/** What a module holds, in the order of lines. */
export interface FoundMarks {
  readonly marks: readonly Mark[]
  readonly channels: readonly ChannelCall[]
  /** Methods that carry a mark. */
  readonly decorated: ReadonlySet<ts.MethodDeclaration>
  /** Methods that a class of this module serves; some are declared in modules that it imports. */
  readonly served: ReadonlySet<ts.MethodDeclaration>
}

/** Finds the marks and channels of a module. */
export function findMarks(file: ts.SourceFile, reading: Reading): FoundMarks {
  const channels: ChannelCall[] = []
  const marks: Mark[] = []
  const decorated = new Set<ts.MethodDeclaration>()
  const served = new Set<ts.MethodDeclaration>()
  const exports = exportNames(file, reading)
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node)) {
      const name = exportedName(node, exports, reading)
      marks.push(...readClass(node, name, { reading, served }))
    }
    if (ts.isDecorator(node) && isMark(node, reading)) {
      if (ts.isMethodDeclaration(node.parent)) decorated.add(node.parent)
      else
        reading.report(node, '@client stands on methods only, not on fields, accessors or classes')
    }
    if (ts.isCallExpression(node) && !ts.isDecorator(node.parent)) {
      const called = serverExportOf(node.expression, reading.checker)
      if (called === 'client') {
        const mark = readCall(node, exports, reading)
        if (mark !== undefined) marks.push(mark)
      } else if (called === 'defineChannel')
        channels.push({ call: node, declaration: declarationOf(node), exports })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { marks, channels, decorated, served }
}

/** Reports marked methods that no class of any module serves. */
export function checkServed(
  found: readonly Pick<FoundMarks, 'decorated' | 'served'>[],
  reading: Reading,
): void {
  const served = new Set(found.flatMap((file) => [...file.served]))
  for (const { decorated } of found)
    for (const method of decorated) if (!served.has(method)) reportUnserved(method, reading)
}

function exportedName(
  node: ts.ClassDeclaration,
  exports: ExportNames,
  { checker }: Reading,
): string | undefined {
  // A default export may have no name; its symbol is found through the module then.
  const symbol = node.name === undefined ? undefined : checker.getSymbolAtLocation(node.name)
  return symbol === undefined
    ? [...exports].find(([item]) => item.valueDeclaration === node)?.[1]
    : (exports.get(symbol) ?? [...exports].find(([item]) => item.valueDeclaration === node)?.[1])
}

/** `export const echo = client((text: string) => text)`, with or without options. */
function readCall(
  call: ts.CallExpression,
  exports: ExportNames,
  reading: Reading,
): Mark | undefined {
  const declaration = declarationOf(call)
  const [first, second] = call.arguments
  const fn = second ?? first
  if (fn === undefined || call.arguments.length > 2) {
    reading.report(call, 'client takes a function, or options and a function')
    return undefined
  }
  if (declaration === undefined || !ts.isIdentifier(declaration.name)) {
    reading.report(
      call,
      `${shown(call)} must be the value of an exported const at the top of its module`,
    )
    return undefined
  }
  const symbol = reading.checker.getSymbolAtLocation(declaration.name)
  const exported = symbol === undefined ? undefined : exports.get(symbol)
  if (symbol === undefined || exported === undefined) {
    reading.report(
      declaration.name,
      `${declaration.name.text} is marked with client but not exported`,
    )
    return undefined
  }
  const signature = signatureOf(fn, reading)
  if (signature === undefined) return undefined
  return {
    node: declaration.name,
    name: declaration.name.text,
    binding: { module: reading.project.relativePath(call.getSourceFile().fileName), exported },
    options: second === undefined ? undefined : first,
    signature,
    symbol,
  }
}

function declarationOf(call: ts.CallExpression): ts.VariableDeclaration | undefined {
  let node: ts.Node = call.parent
  while (ts.isExpression(node) && bare(node) === call) node = node.parent
  if (!ts.isVariableDeclaration(node) || !(ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const))
    return undefined
  return ts.isSourceFile(node.parent.parent.parent) ? node : undefined
}

/** The signature of the inner function: that of the call's result has lost names, optionality and docs. */
function signatureOf(node: ts.Expression, reading: Reading): ts.Signature | undefined {
  const fn = bare(node)
  if (ts.isArrowFunction(fn) || ts.isFunctionExpression(fn)) {
    return reading.checker.getSignatureFromDeclaration(fn)
  }
  const signatures = reading.checker.getTypeAtLocation(fn).getCallSignatures()
  const [only] = signatures
  if (signatures.length === 1 && only !== undefined) return only
  reading.report(
    node,
    signatures.length === 0
      ? `client needs a function here, got ${shown(node)}`
      : `${shown(node)} is overloaded; a client sees one signature, so mark a function for each, or take a union`,
  )
  return undefined
}

function reportUnserved(method: ts.MethodDeclaration, reading: Reading): void {
  const owner = method.parent
  if (!ts.isClassLike(owner)) return
  const name = owner.name?.text ?? 'a class'
  // An abstract class is served by the classes that extend it.
  if (owner.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AbstractKeyword)) return
  const problem =
    !ts.isClassDeclaration(owner) || !ts.isSourceFile(owner.parent)
      ? 'must be declared at the top of its module and exported'
      : 'has marked methods but is not exported'
  reading.report(owner.name ?? owner, `${name} ${problem}`)
}
