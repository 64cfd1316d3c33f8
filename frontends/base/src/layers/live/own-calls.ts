/** The server pushes to everybody who shows something, also to who changed it; its answer says the same. */

import type { KernelAnswer } from '../../transport.ts'

/** The calls that were made here. */
export interface OwnCalls {
  track(id: string, run: () => Promise<KernelAnswer>): Promise<KernelAnswer>
  /** Runs `act` at once for a call of somebody else, and for an own one when it turns out that its answer is lost. */
  unlessAnswered(id: string, act: () => void): void
}

/** How many answered calls are remembered until they are heard of. */
const most = 100

/** Knows no call yet. */
export function createOwnCalls(): OwnCalls {
  /** What to do when the answer is lost; an answered call has nothing to be done. */
  const calls = new Map<string, 'answered' | (() => void)[]>()

  function settle(id: string, isAnswered: boolean): void {
    const waiting = calls.get(id)
    calls.delete(id)
    if (isAnswered) calls.set(id, 'answered')
    else if (typeof waiting === 'object') for (const act of waiting) act()
    for (const [oldest, state] of calls) {
      if (calls.size <= most) break
      if (state === 'answered') calls.delete(oldest)
    }
  }

  return {
    async track(id, run) {
      calls.set(id, [])
      let isAnswered = false
      try {
        const answer = await run()
        isAnswered = answer.status > 0
        return answer
      } finally {
        settle(id, isAnswered)
      }
    },
    unlessAnswered(id, act) {
      const state = calls.get(id)
      if (state === undefined) act()
      else if (state !== 'answered') state.push(act)
    },
  }
}
