/** What is wrong with a project's source, and where. */

/** One problem; all of a run are collected and reported together. */
export interface Problem {
  /** What is wrong and the way out, without the position. */
  readonly message: string
  /** Relative to the project, with forward slashes. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** `src/tasks.ts:12:3 message`: the form that terminals and editors link. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}`
}

/** Orders problems by place and drops repetitions, so that a run always reports the same text. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]))
  return [...unique.values()].sort(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareText(a.message, b.message),
  )
}

/** By UTF-16 code units: no locale decides what generated files look like. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
