/** Recognises what comes from `@mizan/server`, by any name and through re-exports of the project. */

import { ts } from 'ts-morph'
import { unaliased } from './reading.ts'

const serverModule = '@mizan/server'

/** Longer chains of re-exports are circular. */
const maximumSteps = 20

/**
 * The name under which `@mizan/server` exports what `node` names: `client` for `client`, for `c` of
 * `import { client as c }`, for `mizan.client`, and for a constant that is one of these.
 */
export function serverExportOf(node: ts.Expression, checker: ts.TypeChecker): string | undefined {
  return exportOf(node, { checker, steps: 0 })
}

interface Search {
  readonly checker: ts.TypeChecker
  readonly steps: number
}

function exportOf(node: ts.Expression, search: Search): string | undefined {
  const { checker, steps } = search
  if (steps > maximumSteps) return undefined
  if (ts.isPropertyAccessExpression(node)) {
    if (!ts.isIdentifier(node.expression) && !ts.isPropertyAccessExpression(node.expression))
      return undefined
    if (isServerNamespace(node.expression, search)) return node.name.text
    return exportOfSymbol(memberOfNamespace(node, checker), search)
  }
  if (!ts.isIdentifier(node)) return undefined
  const symbol = checker.getSymbolAtLocation(node)
  return exportOfSymbol(symbol, search) ?? exportOfConstant(symbol, search)
}

/** Follows imports by module name rather than to the declaration: it must work before the package's types resolve. */
function exportOfSymbol(start: ts.Symbol | undefined, { checker }: Search): string | undefined {
  let symbol = start
  for (let steps = 0; symbol !== undefined && steps < maximumSteps; steps++) {
    const declaration = symbol.declarations?.[0]
    if (declaration === undefined) return undefined
    if (!(symbol.flags & ts.SymbolFlags.Alias)) return nameOfDeclared(symbol, declaration)
    if (isServerSpecifier(declaration)) return (declaration.propertyName ?? declaration.name).text
    symbol = checker.getImmediateAliasedSymbol(symbol)
  }
  return undefined
}

/** `export * from '@mizan/server'` leaves no specifier: what it brings is found by where it is declared. */
function nameOfDeclared(symbol: ts.Symbol, declaration: ts.Declaration): string | undefined {
  const { fileName } = declaration.getSourceFile()
  return namesOfServer.has(symbol.name) &&
    /\/(?:@mizan\/server|cores\/server)\/(?:src|dist)\//.test(fileName)
    ? symbol.name
    : undefined
}

/** What the compiler looks for. */
const namesOfServer: ReadonlySet<string> = new Set([
  'client',
  'defineContext',
  'defineChannel',
  'defineError',
  'GlobalContext',
])

/** `const c = client` */
function exportOfConstant(symbol: ts.Symbol | undefined, search: Search): string | undefined {
  const declaration = unaliased(symbol, search.checker)?.valueDeclaration
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined
  const { initializer } = declaration
  const isName =
    initializer !== undefined &&
    (ts.isIdentifier(initializer) || ts.isPropertyAccessExpression(initializer))
  return isName && initializer.getText() !== 'undefined'
    ? exportOf(initializer, { ...search, steps: search.steps + 1 })
    : undefined
}

function isServerSpecifier(node: ts.Node): node is ts.ImportSpecifier | ts.ExportSpecifier {
  if (ts.isImportSpecifier(node)) return isServer(node.parent.parent.parent.moduleSpecifier)
  return ts.isExportSpecifier(node) && isServer(node.parent.parent.moduleSpecifier)
}

/** `import * as mizan from '@mizan/server'`, and `export * as mizan from '@mizan/server'` in another module. */
function isServerNamespace(node: ts.Expression, { checker }: Search): boolean {
  let symbol = checker.getSymbolAtLocation(node)
  for (let steps = 0; symbol !== undefined && steps < maximumSteps; steps++) {
    const declaration = symbol.declarations?.[0]
    if (declaration === undefined || !(symbol.flags & ts.SymbolFlags.Alias)) return false
    if (ts.isNamespaceImport(declaration) && isServer(declaration.parent.parent.moduleSpecifier))
      return true
    if (ts.isNamespaceExport(declaration) && isServer(declaration.parent.moduleSpecifier))
      return true
    symbol = checker.getImmediateAliasedSymbol(symbol)
  }
  return false
}

/** `server.client` of `import * as server from './server.ts'`, which re-exports it. */
function memberOfNamespace(
  node: ts.PropertyAccessExpression,
  checker: ts.TypeChecker,
): ts.Symbol | undefined {
  const namespace = checker.getSymbolAtLocation(node.expression)
  const module = unaliased(namespace, checker)
  if (module === undefined || !(module.flags & ts.SymbolFlags.ValueModule)) return undefined
  return checker.tryGetMemberInModuleExports(node.name.text, module)
}

function isServer(specifier: ts.Expression | undefined): boolean {
  return specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text === serverModule
}
