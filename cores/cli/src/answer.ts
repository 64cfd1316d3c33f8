/** What a command says for machines: with `--json`, one line of one shape, whatever the command. */

import type { Problem } from '@mizan/codegen'
import { codeOf, exitCodes, ProjectFailure, StoppedFailure, wordsFor } from './failure.ts'

/** One line of `--json`. */
export interface Answer {
  /** Whether the exit code is 0. */
  readonly ok: boolean
  /** The verb: `generate`, `db migrate status`. */
  readonly command: string
  readonly code: number
  /** What the command was asked for; when it failed, what was done before, where that is known. */
  readonly result?: unknown
  /** Lines that the command printed, of a command that has no other result. */
  readonly output?: readonly string[]
  /** Why it failed; there whenever {@link Answer.ok} is false. */
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
  /** Why this result is a failure: exit code 1. @default it is none */
  readonly failure?: string | undefined
}

/** The answer to a command that went as far as giving one. */
export function answerOf(command: string, { result, problems = [], failure }: GivenAnswer): Answer {
  const isOk = failure === undefined
  const code = isOk ? exitCodes.ok : exitCodes.problem
  return { ok: isOk, command, code, result, ...(isOk ? {} : { message: failure }), problems }
}

/** The answer to a command that threw. */
export function failureOf(command: string, error: unknown): Answer {
  const problems = error instanceof ProjectFailure ? error.problems : []
  const result = resultOf(error)
  return {
    ok: false,
    command,
    code: codeOf(error),
    ...(result === undefined ? {} : { result }),
    message: wordsFor(error),
    problems,
  }
}

function resultOf(error: unknown): unknown {
  const carries = error instanceof ProjectFailure || error instanceof StoppedFailure
  return carries ? error.result : undefined
}
