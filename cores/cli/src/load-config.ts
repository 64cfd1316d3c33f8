/** Finds and loads `mizan.config.ts`. */

import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tsImport } from 'tsx/esm/api'
import { clientTargets, isTarget, type MizanConfig } from './config.ts'
import { ProjectFailure } from './failure.ts'

/** A configuration and where it stands. */
export interface LoadedConfig {
  readonly config: MizanConfig
  /** Its folder: what its paths are relative to. */
  readonly root: string
  readonly path: string
}

const names = ['mizan.config.ts', 'mizan.config.js', 'mizan.config.mjs']

/**
 * Loads the configuration of `folder` or of the nearest folder above that has one.
 *
 * @throws ProjectFailure when there is none, when it does not load, and for values that cannot be meant.
 */
export async function loadConfig(folder: string): Promise<LoadedConfig> {
  const path = findConfig(resolve(folder))
  if (path === undefined) {
    throw new ProjectFailure(
      `no mizan.config.ts in ${folder} or above; create one:\n\n  import { defineConfig } from '@mizan/cli'\n  export default defineConfig({ functions: ['src/**/*.ts'], targets: ['react'] })\n`,
    )
  }
  const real = realpathSync(path)
  const config = unwrap(await importConfig(real))
  const problem = problemOf(config) ?? folderAmong(config as MizanConfig, dirname(real)) // cast: problemOf checked it
  if (problem !== undefined) throw new ProjectFailure(`${path}: ${problem}`)
  return { config: config as MizanConfig, root: dirname(real), path: real } // cast: likewise
}

function findConfig(folder: string): string | undefined {
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  const above = dirname(folder)
  return found ?? (above === folder ? undefined : findConfig(above))
}

async function importConfig(path: string): Promise<unknown> {
  try {
    return await tsImport(pathToFileURL(path).href, import.meta.url)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProjectFailure(syntaxError(reason) ?? `${path} does not load: ${reason}`, {
      cause: error,
    })
  }
}

/** What the transpiler says of a file, with its place in front; its columns begin at 0. */
function syntaxError(reason: string): string | undefined {
  const [, path, line, column, text] =
    /^Transform failed with .*\n(.*):(\d+):(\d+): ERROR: (.*)/.exec(reason) ?? []
  return path === undefined
    ? undefined
    : `${path}:${line}:${Number(column) + 1} is not valid TypeScript: ${text}`
}

/** The default export; in a package without `"type": "module"` it comes wrapped once more. */
function unwrap(module: unknown): unknown {
  if (typeof module !== 'object' || module === null || !('default' in module)) return undefined
  const { default: value } = module
  return typeof value === 'object' && value !== null && 'default' in value ? value.default : value
}

const dialects: readonly unknown[] = ['postgres', 'sqlite', 'mysql', 'd1']
const keys: readonly string[] = ['functions', 'out', 'targets', 'base', 'db']

/** What is wrong with a configuration; TypeScript says it too, but not everybody looks. */
function problemOf(value: unknown): string | undefined {
  if (value === undefined) return 'it has no default export; export default defineConfig({ … })'
  if (!isRecord(value)) return 'its default export is no object; export default defineConfig({ … })'
  const unknown = Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined) return `unknown setting "${unknown}"; there are ${keys.join(', ')}`
  const { functions, out, targets: chosen, base, db } = value
  if (!isTextList(functions) || functions.length === 0) {
    return `functions must be a list of globs such as ['src/**/*.ts'], got ${shown(functions)}`
  }
  if (out !== undefined && (typeof out !== 'string' || out === ''))
    return `out must be a folder, got ${shown(out)}`
  if (chosen !== undefined && !(Array.isArray(chosen) && chosen.every(isTarget))) {
    return `targets must be a list of ${clientTargets.join(', ')}, got ${shown(chosen)}`
  }
  if (base !== undefined && !(typeof base === 'string' && /^\/.*[^/]$/.test(base))) {
    return `base must be a path such as "/api/mizan", got ${shown(base)}`
  }
  return db === undefined ? undefined : dbProblem(db)
}

/** A folder matches no file, and nothing else would say so. */
function folderAmong({ functions }: MizanConfig, root: string): string | undefined {
  const folder = functions.find((glob) =>
    statSync(resolve(root, glob), { throwIfNoEntry: false })?.isDirectory(),
  )
  return folder === undefined
    ? undefined
    : `functions names the folder "${folder}"; write "${folder.replace(/\/$/, '')}/**/*.ts"`
}

function dbProblem(db: unknown): string | undefined {
  if (!isRecord(db)) return `db must be an object, got ${shown(db)}`
  if (typeof db['schema'] !== 'string')
    return `db.schema must be the path of a module, got ${shown(db['schema'])}`
  if (typeof db['migrations'] !== 'string')
    return `db.migrations must be a folder, got ${shown(db['migrations'])}`
  if (!dialects.includes(db['dialect'])) {
    return `db.dialect must be one of ${dialects.join(', ')}, got ${shown(db['dialect'])}`
  }
  if (db['schemas'] !== undefined && !isTextList(db['schemas']))
    return `db.schemas must be a list of names, got ${shown(db['schemas'])}`
  return undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 60)
}
