/** Calls that are sent one after the other, each until it is answered. */

import type { MizanError } from '@mizan/protocol'

import type { KernelAnswer } from '../../transport.ts'
import type { OfflineStorage, QueuedCall } from './queued-call.ts'

/** A call in the queue. */
export interface QueueEntry {
  readonly call: QueuedCall
  /** One attempt. Rejects when whoever made the call has given it up. */
  send(): Promise<KernelAnswer>
  /** Gets the answer that ended it. */
  settle(answer: KernelAnswer): void
  /** Gets what an attempt rejected with. */
  giveUp(cause: unknown): void
}

/** How a queue goes on. */
export interface CallQueueOptions {
  readonly storage: OfflineStorage | undefined
  /** Milliseconds before attempt `n`, counted from 2, of the first in the queue. */
  readonly delay: (n: number) => number
  readonly onChange: () => void
}

/** The calls of one kernel. */
export interface CallQueue {
  /** Those that are not answered, in their order. */
  waiting(): readonly QueuedCall[]
  add(entry: QueueEntry): void
  /** Takes one out unsent; one that is on its way may still be carried out. */
  remove(id: string): void
  /** Tries the first one at once, instead of when its delay is over. */
  wake(): void
  /** Ends all of them unsent; one that is on its way may still be carried out. */
  clear(error: MizanError): void
}

/** Makes an empty queue. */
export function createCallQueue({ storage, delay, onChange }: CallQueueOptions): CallQueue {
  let entries: readonly QueueEntry[] = []
  let isRunning = false
  let wake = (): void => undefined

  function set(next: readonly QueueEntry[]): void {
    entries = next
    onChange()
  }

  async function leave(entry: QueueEntry): Promise<void> {
    set(entries.filter((other) => other !== entry))
    await storage?.remove(entry.call.id)
  }

  async function pause(n: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      wake = resolve
      timer = setTimeout(resolve, delay(n))
    })
    clearTimeout(timer)
  }

  /** The answer that ends the call; nothing when the call left the queue meanwhile. */
  async function carryOut(entry: QueueEntry): Promise<void> {
    for (let n = 1; entries.includes(entry); n++) {
      if (n > 1) await pause(n)
      if (!entries.includes(entry)) return
      try {
        const answer = await entry.send()
        if (isPassing(answer)) continue
        await leave(entry)
        entry.settle(answer)
      } catch (cause) {
        await leave(entry)
        entry.giveUp(cause)
      }
      return
    }
  }

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    for (let [first] = entries; first; [first] = entries) await carryOut(first)
    isRunning = false
  }

  return {
    waiting: () => entries.map(({ call }) => call),
    add(entry) {
      set([...entries, entry])
      void run()
    },
    remove(id) {
      const entry = entries.find(({ call }) => call.id === id)
      if (entry) void leave(entry)
      wake()
    },
    wake: () => wake(),
    clear(error) {
      const all = entries
      set([])
      for (const { call, settle } of all) {
        void storage?.remove(call.id)
        settle({ status: 0, error })
      }
      wake()
    },
  }
}

/** Nobody answered, or who answered did not take it. */
function isPassing({ status }: KernelAnswer): boolean {
  return status === 0 || status === 429 || status === 502 || status === 503 || status === 504
}
