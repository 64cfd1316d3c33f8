/** With what the worker file is run: Bun, or Node where that is wanted or there is no Bun. */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MizanError } from '@mizan/protocol'
import { findBun } from './bun-binary.ts'
import type { RendererOptions } from './renderer.ts'

/** A program and its arguments. */
export interface RuntimeCommand {
  readonly file: string
  readonly arguments: readonly string[]
  /** What the program needs besides the renderer's own. */
  readonly variables: Readonly<Record<string, string>>
}

/** What the choice depends on. */
export interface RuntimeSurroundings {
  /** Is told when it is not the runtime that was wanted. */
  readonly onOutput: (text: string) => void
  /** Finds Bun for a worker file. @default where npm and the path have it */
  readonly find?: (worker: string) => string
}

/** What is loaded before the worker file. */
const watch = new URL(`./watch-server${extname(import.meta.url)}`, import.meta.url)

/**
 * The command for `worker`.
 *
 * @throws MizanError `UNAVAILABLE` when neither Bun nor Node can run it
 */
export function runtimeCommand(
  worker: string,
  options: RendererOptions,
  { onOutput, find = findBun }: RuntimeSurroundings,
): RuntimeCommand {
  const flags = options.flags ?? []
  if (options.runtime === 'node') return nodeCommand(worker, flags)
  if (options.bun !== undefined) return bunCommand(options.bun, worker, flags)
  let bun: string
  try {
    bun = find(worker)
  } catch (error) {
    const fallback = nodeCommandOr(worker, flags, error)
    onOutput(
      'There is no Bun to render pages, so Node does: slower, and not what is recommended. Run "npm install bun"\n',
    )
    return fallback
  }
  return bunCommand(bun, worker, flags)
}

function bunCommand(file: string, worker: string, flags: readonly string[]): RuntimeCommand {
  // Without --no-install Bun fetches a package that it cannot find from the registry, at run time.
  const preload = `--preload=${fileURLToPath(watch)}`
  return { file, arguments: ['--no-install', ...flags, preload, 'run', worker], variables: {} }
}

function nodeCommandOr(worker: string, flags: readonly string[], noBun: unknown): RuntimeCommand {
  try {
    return nodeCommand(worker, flags)
  } catch {
    throw noBun
  }
}

/** JavaScript as it is; everything else through tsx. */
function nodeCommand(worker: string, flags: readonly string[]): RuntimeCommand {
  const file = process.execPath
  if (['.js', '.mjs'].includes(extname(worker)))
    return { file, arguments: [...flags, ...watchImport(), worker], variables: {} }
  const settings = settingsOf(dirname(worker))
  return {
    file,
    arguments: [...flags, '--import', tsxBeside(worker), '--import', watch.href, worker],
    // tsx looks in the current folder otherwise, which is the server's; what JSX means stands beside the pages.
    variables: settings === undefined ? {} : { TSX_TSCONFIG_PATH: settings },
  }
}

/** Node without tsx loads it once it is built; until then `startWorker` does. */
function watchImport(): string[] {
  return extname(watch.href) === '.js' ? ['--import', watch.href] : []
}

/** The nearest `tsconfig.json`. */
function settingsOf(folder: string): string | undefined {
  const path = join(folder, 'tsconfig.json')
  if (existsSync(path)) return path
  const above = dirname(folder)
  return above === folder ? undefined : settingsOf(above)
}

function tsxBeside(worker: string): string {
  try {
    return pathToFileURL(createRequire(worker).resolve('tsx')).href
  } catch (cause) {
    throw new MizanError(
      'UNAVAILABLE',
      `Node renders ${extname(worker)} files through tsx, which is not beside the worker file: run "npm install tsx", or build it to JavaScript`,
      { cause },
    )
  }
}
