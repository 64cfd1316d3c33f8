/** Lifetimes in options. */

/** @throws TypeError for what is not a whole number of seconds above 0 */
export function assertSeconds(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TypeError(`${name} must be a whole number of seconds above 0, got ${String(value)}`)
}
