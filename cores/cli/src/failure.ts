/** The two ways in which a command fails, and their exit codes. */

/** Exit codes of every command. */
export const exitCodes: { readonly ok: 0; readonly problem: 1; readonly usage: 2 } = Object.freeze({
  ok: 0,
  problem: 1,
  usage: 2,
})

/** Something in the project is wrong; the message says what and what to do. */
export class ProjectFailure extends Error {
  override readonly name = 'ProjectFailure'
  readonly exitCode: number = exitCodes.problem
}

/** The command was not used as `--help` says. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
  readonly exitCode: number = exitCodes.usage
}
