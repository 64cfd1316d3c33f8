/** Two pages on one app, and a scheduler that decides what happens next. */

import type { App } from '@mizan/server'
import type { Scheduler } from 'fast-check'

import type { KernelState } from '../../src/kernel-state.ts'
import type { TabChannel } from '../../src/layers/tabs.ts'
import { Page, type Step } from './page.ts'
import { type Network, scheduledNetwork } from './scheduled-network.ts'

/** What happens, and where. */
export interface Plan {
  /** What each of the two pages does, one thing after the other. */
  readonly pages: readonly (readonly Step[])[]
  /** The pages are tabs of one browser, with one session; otherwise two people. */
  readonly isOneBrowser: boolean
  readonly ignoresAbort: boolean
  readonly hasSingleFlight: boolean
  readonly isOptimistic: boolean
  readonly hasTags: boolean
  /** Two people hear of each other by nothing else, and have it anyway. */
  readonly hasLive: boolean
  readonly keep: number
  readonly keepFor: number
}

/** Two pages on one app. */
export class World {
  readonly pages: readonly Page[]
  readonly #scheduler: Scheduler
  readonly #networks: readonly Network[]

  constructor(scheduler: Scheduler, app: App, given: Plan) {
    const { isOneBrowser, ignoresAbort, hasLive, ...made } = given
    this.#scheduler = scheduler
    const network = (): Network => scheduledNetwork({ app, scheduler, ignoresAbort })
    const first = network()
    const second = isOneBrowser ? first : network()
    this.#networks = [first, second]
    const channels = scheduledChannels(scheduler)
    const count = isOneBrowser ? 2 : 1
    let now = 0
    const clock = (): number => ++now
    const shared: KernelState[] = []
    this.pages = this.#networks.map((used, index) => {
      const open = isOneBrowser ? channels : scheduledChannels(scheduler)
      return new Page({
        index,
        network: used,
        open,
        ...made,
        hasLive: hasLive || !isOneBrowser,
        clock,
        kept: isOneBrowser ? shared : [],
        scheduler,
        tabs: count,
      })
    })
  }

  /** Lets everything arrive, in the scheduler's order. */
  async settle(): Promise<void> {
    for (;;) {
      await flush()
      await Promise.all(this.#networks.map((network) => network.idle()))
      await flush()
      if (this.#scheduler.count() > 0) await this.#scheduler.waitOne()
      else if (this.pages.every((page) => page.isQuiet())) return
    }
  }
}

/** Channels of one name; what one posts reaches the others when the scheduler says, in its order. */
function scheduledChannels(scheduler: Scheduler): (name: string) => TabChannel {
  const all = new Set<TabChannel>()
  return () => {
    let last = Promise.resolve()
    const own: TabChannel = {
      onmessage: null,
      postMessage(data) {
        last = last
          .then(() => scheduler.schedule(Promise.resolve(), 'a message between tabs'))
          .then(() => {
            for (const other of all) {
              if (other !== own) other.onmessage?.(new MessageEvent('message', { data }))
            }
          })
      },
    }
    all.add(own)
    return own
  }
}

/** Lets what is under way without the scheduler come to its end. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
