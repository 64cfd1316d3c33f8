/** Lowers standard decorators, which Vite's transform leaves as they are and no engine runs yet. */

import { dirname } from 'node:path'
import { transform } from 'esbuild'
import type { Plugin } from 'vite'

/** Only for files with decorators, in projects that do not use `experimentalDecorators`: Vite lowers those itself. */
export function standardDecorators(): Plugin {
  const legacy = new Map<string, Promise<boolean>>()
  return {
    name: 'mizan:standard-decorators',
    enforce: 'pre',
    watchChange(id) {
      if (/tsconfig.*\.json$/.test(id)) legacy.clear()
    },
    async transform(code, id) {
      const path = id.replace(/\?.*$/, '')
      const end = /\.([cm]?ts|tsx)$/.exec(path)?.[1]
      if (
        end === undefined ||
        path.includes('/node_modules/') ||
        !/(^|[\s({,;])@[A-Za-z_$]/m.test(withoutComments(code))
      )
        return null
      const folder = dirname(path)
      const isLegacy = legacy.get(folder) ?? usesLegacyDecorators(path)
      legacy.set(folder, isLegacy)
      if (await isLegacy) return null
      const lowered = await transform(code, {
        loader: end === 'tsx' ? 'tsx' : 'ts',
        jsx: 'preserve',
        target: 'es2022',
        sourcefile: path,
        sourcemap: 'external',
        // The file's own settings about decorators are what was just asked; imports stay for Vite to judge.
        tsconfigRaw: {
          compilerOptions: { experimentalDecorators: false, verbatimModuleSyntax: true },
        },
      })
      return { code: lowered.code, map: lowered.map }
    },
  }
}

/** Decorators in JSDoc tags look like decorators. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '')
}

/** Asks the nearest tsconfig.json, with what it extends. The compiler is loaded only where decorators are. */
async function usesLegacyDecorators(path: string): Promise<boolean> {
  const { ts } = await import('ts-morph')
  const config = ts.findConfigFile(dirname(path), ts.sys.fileExists)
  if (config === undefined) return false
  const parsed = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  )
  return parsed?.options.experimentalDecorators === true
}
