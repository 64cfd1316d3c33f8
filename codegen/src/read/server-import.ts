/** Recognises what comes from `@mizan/server`, by any name and through re-exports of the project. */

import { ts } from 'ts-morph'

const serverModule = '@mizan/server'

/**
 * The name under which `@mizan/server` exports what `node` names: `client` for `client`, for `c` of
 * `import { client as c }` and for `mizan.client`.
 */
export function serverExportOf(node: ts.Expression, checker: ts.TypeChecker): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    return isServerNamespace(node.expression, checker) ? node.name.text : undefined
  }
  if (!ts.isIdentifier(node)) return undefined
  let symbol = checker.getSymbolAtLocation(node)
  // By module name rather than by declaration: it must work before the package's types resolve.
  for (let steps = 0; symbol !== undefined && steps < 20; steps++) {
    const declaration = symbol.declarations?.[0]
    if (declaration === undefined || !(symbol.flags & ts.SymbolFlags.Alias)) return undefined
    if (isServerSpecifier(declaration)) return (declaration.propertyName ?? declaration.name).text
    symbol = checker.getImmediateAliasedSymbol(symbol)
  }
  return undefined
}

function isServerSpecifier(node: ts.Node): node is ts.ImportSpecifier | ts.ExportSpecifier {
  if (ts.isImportSpecifier(node)) return isServer(node.parent.parent.parent.moduleSpecifier)
  return ts.isExportSpecifier(node) && isServer(node.parent.parent.moduleSpecifier)
}

function isServerNamespace(node: ts.Expression, checker: ts.TypeChecker): boolean {
  const declaration = ts.isIdentifier(node)
    ? checker.getSymbolAtLocation(node)?.declarations?.[0]
    : undefined
  return (
    declaration !== undefined &&
    ts.isNamespaceImport(declaration) &&
    isServer(declaration.parent.parent.moduleSpecifier)
  )
}

function isServer(specifier: ts.Expression | undefined): boolean {
  return specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text === serverModule
}
