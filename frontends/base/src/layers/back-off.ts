/** How long to wait before asking again what did not answer. */

/** Milliseconds before attempt `n`, counted from 1: 1, 2, 4 … seconds, at most 30, with jitter, so that pages do not come in step. */
export function backOff(n: number): number {
  return Math.min(1000 * 2 ** (n - 1), 30_000) * (0.5 + Math.random() / 2)
}
