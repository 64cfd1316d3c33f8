/** The project's `tsconfig.json`: which files it is made of, and what in it cannot be read. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ts } from 'ts-morph'
import type { Observations } from '../cache/observations.ts'

/** What is known of a `tsconfig.json` before it is used. */
export interface TsConfig {
  /** Where it is, or would be. */
  readonly path: string
  readonly exists: boolean
  /** It, and what it extends outside of packages: an edit of any of them changes the settings. */
  readonly paths: readonly string[]
  readonly options: ts.CompilerOptions
  /** Empty, or why its settings cannot be relied on. */
  readonly diagnostics: readonly ts.Diagnostic[]
}

/** Reads `tsconfig.json` of `root`; a project without one is fine. */
export function readTsConfig(root: string, observations?: Observations): TsConfig {
  const path = join(root, 'tsconfig.json')
  observations?.exists(path, existsSync(path))
  if (!existsSync(path)) return { path, exists: false, paths: [path], options: {}, diagnostics: [] }
  const unrecoverable: ts.Diagnostic[] = []
  const parsed = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    {
      ...ts.sys,
      readFile(name) {
        const text = ts.sys.readFile(name)
        observations?.read(name, text)
        return text
      },
      fileExists(name) {
        const exists = ts.sys.fileExists(name)
        observations?.exists(name, exists)
        return exists
      },
      // Which files it includes is of no interest here.
      readDirectory: () => [],
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => unrecoverable.push(diagnostic),
    },
  )
  const file = parsed?.options['configFile'] as
    | (ts.TsConfigSourceFile & { readonly parseDiagnostics?: readonly ts.Diagnostic[] })
    | undefined // cast: set by the call above; the member is internal, but stable
  const extended = (file?.extendedSourceFiles ?? []).filter(
    (name) => !name.includes('/node_modules/'),
  )
  return {
    path,
    exists: true,
    paths: [path, ...extended],
    options: parsed?.options ?? {},
    diagnostics: [
      ...unrecoverable,
      ...(file?.parseDiagnostics ?? []),
      ...(parsed?.errors ?? []).filter(({ code }) => !harmless.has(code)),
    ],
  }
}

/**
 * Options and values that this compiler does not know, since a newer one may; a project without files of its own. What
 * is left (no JSON, nothing to extend, a value of another type) would change the settings behind everybody's back.
 */
const harmless: ReadonlySet<number> = new Set([5023, 5025, 6046, 18002, 18003])
