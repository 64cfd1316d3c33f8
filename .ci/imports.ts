/** What a module imports, read from its syntax tree: values, types and import() alike. */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { dirname, resolve } from 'node:path'
import { parse } from 'vite'

/** One import of a module. */
export interface Import {
  readonly specifier: string
  /** Absolute path of the importing file. */
  readonly file: string
  readonly line: number
  /** `import()` with a literal: loaded when it is needed, not when the module is. */
  readonly lazy: boolean
}

/** The imports of one TypeScript file, types included. */
export async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(file, 'utf8')
  const { program, errors } = await parse(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const found: Import[] = []
  visit(program, (specifier, offset, lazy) => {
    found.push({ specifier, file, line: text.slice(0, offset).split('\n').length, lazy })
  })
  return found
}

/** Every import that `source` reaches through relative imports: what loading it means. */
export async function importsReachedFrom(source: string): Promise<Import[]> {
  const seen = new Set([source])
  const found: Import[] = []
  for (const file of seen) {
    for (const one of await importsOf(file)) {
      if (!one.specifier.startsWith('.')) found.push(one)
      else {
        const target = resolveSource(file, one.specifier)
        if (target !== undefined && /\.tsx?$/.test(target)) seen.add(target)
      }
    }
  }
  return found
}

/** The package a bare specifier belongs to: `@mizan/db/plugin` → `@mizan/db`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Whether a specifier names a module of Node itself, with or without `node:`. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

function resolveSource(from: string, specifier: string): string | undefined {
  const path = resolve(dirname(from), specifier)
  const bare = path.replace(/\.jsx?$/, '')
  return [path, `${bare}.ts`, `${bare}.tsx`, `${path}/index.ts`].find(
    (candidate) => /\.\w+$/.test(candidate) && existsSync(candidate),
  )
}

type Report = (specifier: string, offset: number, lazy: boolean) => void

function visit(node: unknown, report: Report): void {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, report)
    return
  }
  if (!isNode(node)) return
  const specifier = specifierOf(node)
  if (specifier !== undefined) report(specifier, node.start, node.type === 'ImportExpression')
  for (const child of Object.values(node)) {
    if (typeof child === 'object' && child !== null) visit(child, report)
  }
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The module a node names, or nothing when it names none (or computes it). */
function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return textOf(node.source)
    case 'TSImportType':
      return (
        textOf(node.source) ?? textOf(isNode(node.argument) ? node.argument.literal : undefined)
      )
    case 'TSExternalModuleReference':
      return textOf(node.expression)
    case 'CallExpression':
      return isNode(node.callee) && node.callee.name === 'require' && Array.isArray(node.arguments)
        ? textOf(node.arguments[0])
        : undefined
    default:
      return undefined
  }
}

function textOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string'
    ? node.value
    : undefined
}
