/** What a command says for machines: with `--json`, one line of one shape, whatever the command. */

import type { Problem } from '@mizan/codegen'
import { exitCodes, ProjectFailure, UsageFailure, wordsFor } from './failure.ts'

/** One line of `--json`. */
export interface Answer {
  /** Whether the exit code is 0. */
  readonly ok: boolean
  /** The verb: `generate`, `db migrate status`. */
  readonly command: string
  readonly code: number
  /** What the command was asked for; absent when it failed before it had it. */
  readonly result?: unknown
  /** Lines that the command printed, of a command that has no other result. */
  readonly output?: readonly string[]
  /** Why it failed, where that is not a problem of the source. */
  readonly message?: string
  /** What is wrong with the source, and where. */
  readonly problems: readonly Problem[]
}

/** A result as a command gives it. */
export interface GivenAnswer {
  /** For machines. */
  readonly result: unknown
  /** For people. */
  readonly text?: string
  readonly problems?: readonly Problem[]
  /** @default 0 */
  readonly code?: number
}

/** The answer to a command that went as far as giving one. */
export function answerOf(
  command: string,
  { result, problems = [], code = 0 }: GivenAnswer,
): Answer {
  return { ok: code === 0, command, code, result, problems }
}

/** The answer to a command that threw. */
export function failureOf(command: string, error: unknown): Answer {
  const code = error instanceof UsageFailure ? exitCodes.usage : exitCodes.problem
  const problems = error instanceof ProjectFailure ? error.problems : []
  const message = problems.length > 0 ? {} : { message: wordsFor(error) }
  return { ok: false, command, code, ...message, problems }
}
