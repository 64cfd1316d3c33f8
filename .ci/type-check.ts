/** Type checks by tsc, as data. */

import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { run } from './run-command.ts'
import { filesUnder, repository } from './workspace.ts'

/**
 * Runs `tsc` with `args` at the repository's root.
 *
 * @returns its errors, as `path(line,column): error TS…: text` with paths from the root.
 */
export async function typeErrors(...args: readonly string[]): Promise<string[]> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { code, output } = await run(process.execPath, [tsc, ...args, '--pretty', 'false'], {
    cwd: repository,
  })
  const errors = output.split('\n').filter((line) => /error TS\d+/.test(line))
  return code !== 0 && errors.length === 0 ? [`tsc ${args.join(' ')}: ${output.trim()}`] : errors
}

/** The type tests of the workspace, as paths from the repository's root. */
export async function typeTests(): Promise<string[]> {
  const files = await filesUnder(repository, /\.test-d\.tsx?$/)
  return files.map((file) => relative(repository, file))
}
