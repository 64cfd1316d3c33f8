/** Conditions that come true when a busy machine has got round to them. */

import { setTimeout as wait } from 'node:timers/promises'

export interface EventuallyOptions {
  /** Milliseconds after which the condition counts as false: a bound for what hangs. @default 60000 */
  readonly limit?: number
  /** Milliseconds between two looks. @default 20 */
  readonly interval?: number
}

/**
 * Runs `check` until it throws no more, and resolves to what it returns. For conditions of several steps; `expect.poll`
 * says those of one value.
 *
 * @throws what `check` threw last, once `limit` is over.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { limit = 60_000, interval = 20 }: EventuallyOptions = {},
): Promise<T> {
  const end = performance.now() + limit
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() >= end) throw error
    }
    await wait(interval)
  }
}
