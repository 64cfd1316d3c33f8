/** Says a measured number beside its goal, and fails when it is worse than it has to be by now. */

/** A number of which less is better. */
export interface Measured {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What the design promises. */
  readonly goal: number
  /** What has been reached, with room for noise: lower it when the number falls. @default goal */
  readonly atMost?: number
}

/** Prints the number; above `atMost` the process will end with 1. */
export function report({ what, value, unit, goal, atMost = goal }: Measured): void {
  const verdict = value <= goal ? 'ok  ' : value <= atMost ? 'far ' : 'FAIL'
  const bound = value > goal && atMost > goal ? `, at most ${atMost} for now` : ''
  process.stdout.write(`  ${verdict}  ${what}: ${value} ${unit}, goal ${goal}${bound}\n`)
  if (verdict === 'FAIL') process.exitCode = 1
}
