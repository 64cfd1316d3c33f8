/** Type checks by tsc, as data. */

import { join, relative } from 'node:path'
import { run } from './run-command.ts'
import { filesUnder, repository } from './workspace.ts'

/**
 * Runs `tsc` with `args` in `folder`.
 *
 * @returns its errors, as `path(line,column): error TS…: text` with paths from the folder.
 */
export async function typeErrors(
  args: readonly string[],
  folder: string = repository,
): Promise<string[]> {
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const { code, output } = await run(process.execPath, [tsc, ...args, '--pretty', 'false'], {
    cwd: folder,
  })
  const errors = output.split('\n').filter((line) => /error TS\d+/.test(line))
  return code !== 0 && errors.length === 0 ? [`tsc ${args.join(' ')}: ${output.trim()}`] : errors
}

/** The type tests of the workspace, as paths from the repository's root. */
export async function typeTests(): Promise<string[]> {
  const files = await filesUnder(repository, /\.test-d\.tsx?$/)
  return files.map((file) => relative(repository, file))
}
