/** Opens the compiler on a project, when a command needs it: help and usage errors should not wait for it. */

import type { Generator, Problem } from '@mizan/codegen'
import type { LoadedConfig } from './load-config.ts'

/** Opens the project of a configuration. */
export async function openGenerator({ root, config }: LoadedConfig): Promise<Generator> {
  const { createGenerator } = await import('@mizan/codegen')
  return createGenerator({
    root,
    functions: config.functions,
    ...(config.out === undefined ? {} : { out: config.out }),
    ...(config.targets === undefined ? {} : { targets: config.targets }),
  })
}

/** `file:line:column message`, as terminals and editors link it. */
export async function problemLines(problems: readonly Problem[]): Promise<string[]> {
  const { formatProblem } = await import('@mizan/codegen')
  return problems.map(formatProblem)
}
