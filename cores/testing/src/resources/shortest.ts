/** How long something takes where nothing is in its way. */

export interface ShortestOptions {
  /** Milliseconds; the first measurement below them is the answer. */
  readonly under: number
  /** @default 5 */
  readonly tries?: number
}

/**
 * The first of up to `tries` measurements that is `under` the limit, or else the shortest of all: a rule about time
 * speaks of the code, and a machine that was busy with something else says nothing about it.
 *
 * @param measure makes one attempt and resolves to its milliseconds; a number for each attempt, from 1, tells them
 * apart.
 */
export async function shortest(
  measure: (attempt: number) => Promise<number>,
  { under, tries = 5 }: ShortestOptions,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let attempt = 1; attempt <= tries && best >= under; attempt += 1)
    best = Math.min(best, await measure(attempt))
  return best
}

/** Milliseconds until `work` is done, by the clock. */
export async function elapsed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
