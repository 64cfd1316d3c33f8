/** The ways in which a command fails: exit codes, and what is said of an error. */

import type { Problem } from '@mizan/codegen'

/** Exit codes of every command. */
export const exitCodes: {
  readonly ok: 0
  readonly problem: 1
  readonly usage: 2
  readonly stopped: 130
} = Object.freeze({
  ok: 0,
  problem: 1,
  usage: 2,
  /** By Ctrl-C, before it was done: as shells say it. */
  stopped: 130,
})

/** Something in the project is wrong; the message says what and what to do. Exit code 1. */
export class ProjectFailure extends Error {
  override readonly name = 'ProjectFailure'
  /** What is wrong with the source, where it is that. */
  readonly problems: readonly Problem[]
  /** What was done before it failed, for `--json`. */
  readonly result: unknown

  constructor(message: string, options: ProjectFailureOptions = {}) {
    super(message, options)
    this.problems = options.problems ?? []
    this.result = options.result
  }
}

/** What else is known of a failure. */
export interface ProjectFailureOptions extends ErrorOptions {
  readonly problems?: readonly Problem[]
  readonly result?: unknown
}

/** The command was not used as `--help` says. Exit code 2. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
}

/** Somebody pressed Ctrl-C before the command was done. Exit code 130. */
export class StoppedFailure extends Error {
  override readonly name = 'StoppedFailure'
  /** What was done before, for `--json`. */
  readonly result: unknown

  constructor(message: string, options: Omit<ProjectFailureOptions, 'problems'> = {}) {
    super(message, options)
    this.result = options.result
  }
}

/** The exit code that an error stands for. */
export function codeOf(error: unknown): number {
  if (error instanceof UsageFailure) return exitCodes.usage
  return error instanceof StoppedFailure ? exitCodes.stopped : exitCodes.problem
}

/** What to say of an error: its message where that is the whole story, and the stack of what nobody expected. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isExplained =
    error instanceof ProjectFailure ||
    error instanceof UsageFailure ||
    error instanceof StoppedFailure ||
    isSystemError(error)
  return isExplained ? error.message : (error.stack ?? error.message)
}

/** Of a file, a port, a process: `EACCES: permission denied, open '/srv/mizan/client.gen.ts'`. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error
}
