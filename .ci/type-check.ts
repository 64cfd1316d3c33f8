/** Type checks by tsc, as data. */

import { join, relative, sep } from 'node:path'
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

/** The type tests of the workspace, as paths from the repository's root, by the project that checks them. */
export async function typeTests(): Promise<Map<string, string[]>> {
  const byProject = new Map<string, string[]>()
  for (const path of await filesUnder(repository, /\.test-d\.tsx?$/)) {
    const file = relative(repository, path)
    const [room = '', name = ''] = file.split(sep)
    const project =
      room === 'examples' ? join(room, name, 'tsconfig.json') : '.ci/tsconfig.tests.json'
    byProject.set(project, [...(byProject.get(project) ?? []), file])
  }
  return byProject
}

/** The files that a project checks, as paths from the repository's root. */
export async function filesOf(project: string): Promise<Set<string>> {
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const { output } = await run(process.execPath, [tsc, '-p', project, '--listFilesOnly'], {
    cwd: repository,
  })
  return new Set(output.split('\n').map((path) => relative(repository, path)))
}
