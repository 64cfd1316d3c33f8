/** Modules that the project's own files import and that are not there: what comes from them cannot be told. */

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ts } from 'ts-morph'
import type { Problem } from '../problem.ts'
import type { ModuleMemory } from './changed-modules.ts'
import type { Reading } from './reading.ts'

/** One problem for each import of a file of the project that does not exist. */
export function unresolvedImports(reading: Reading, { resolved }: ModuleMemory): Problem[] {
  return reading.project.functionFiles().flatMap((file) => {
    if (resolved.has(file)) return []
    const problems = problemsOf(file, reading)
    if (problems.length === 0) resolved.add(file)
    return problems
  })
}

function problemsOf(file: ts.SourceFile, { project, checker }: Reading): Problem[] {
  return file.statements.flatMap((statement) => {
    const specifier = specifierOf(statement)
    if (specifier === undefined || checker.getSymbolAtLocation(specifier) !== undefined) return []
    // A style, a text: nothing of it is a type.
    if (existsSync(join(dirname(file.fileName), specifier.text))) return []
    return [project.problemAt(specifier, `there is no module '${specifier.text}'`)]
  })
}

/**
 * The relative specifier of a statement that takes something from another module. Generated files may be yet to come, and
 * packages to be installed: what is taken from them is told where it is used.
 */
function specifierOf(statement: ts.Statement): ts.StringLiteral | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined
  if (ts.isImportDeclaration(statement) && statement.importClause === undefined) return undefined
  const { moduleSpecifier } = statement
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return undefined
  const { text } = moduleSpecifier
  const isOwn = /^\.\.?(\/|$)/.test(text) && !/\.gen(\.[cm]?[jt]sx?)?$/.test(text)
  return isOwn ? moduleSpecifier : undefined
}
