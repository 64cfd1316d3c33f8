/** One page: a kernel with all its layers, what it shows, and what must be true of that. */

import { deepStrictEqual, ok } from 'node:assert/strict'

import type { Scheduler } from 'fast-check'

import type { KernelState } from '../../src/kernel-state.ts'
import { createKernel, type Kernel } from '../../src/kernel.ts'
import { live, type LiveLayer } from '../../src/layers/live/live.ts'
import { change, optimistic } from '../../src/layers/optimistic.ts'
import { singleFlight } from '../../src/layers/single-flight.ts'
import { type TabChannel, tabs } from '../../src/layers/tabs.ts'
import { tags } from '../../src/layers/tags/tags.ts'
import {
  blunder,
  borrow,
  enter,
  leave,
  noteContext,
  refuse,
  remark,
  revise,
  rewriteAll,
  write,
} from './notes-app.ts'
import type { Network } from './scheduled-network.ts'

/** One thing that a page does, with one of two notes where it is about one. */
export type Step =
  | {
      readonly do: 'mount' | 'unmount' | 'load' | 'loadAndGiveUp' | 'refetch'
      readonly note: 1 | 2
    }
  | {
      readonly do: 'write' | 'revise' | 'remark' | 'borrow' | 'refuse' | 'blunder' | 'invalidate'
      readonly note: 1 | 2
    }
  | { readonly do: 'rewriteAll' | 'clear' | 'enter' | 'leave'; readonly note: 1 | 2 }
  /** Takes what a page of the same browser once held: the oldest for note 1, the newest for note 2; looks at many notes. */
  | { readonly do: 'hydrate' | 'wander'; readonly note: 1 | 2 }
  /** Does nothing, so that what is on its way may arrive first. */
  | { readonly do: 'rest'; readonly note: 1 | 2 }

const guesses = [
  change(write, noteContext, (draft, { text }) => {
    draft.noteBody.text = text
  }),
  change(remark, noteContext, (draft, { text }) => void draft.noteRemarks.push(text)),
  change(refuse, noteContext, (draft) => void draft.noteRemarks.push('never')),
]

/** What a page is made of. */
export interface PageOptions {
  readonly index: number
  readonly network: Network
  readonly open: (name: string) => TabChannel
  readonly hasSingleFlight: boolean
  readonly isOptimistic: boolean
  readonly hasTags: boolean
  /** Without it, only tabs of one browser hear of each other's changes. */
  readonly hasLive: boolean
  /** What kernels held when it was shown; shared by the pages of one browser. */
  readonly kept: KernelState[]
  /** One for all, and no two moments are one. */
  readonly clock: () => number
  /** How many instances that nobody watches stay. */
  readonly keep: number
  /** How long, by that clock. */
  readonly keepFor: number
  readonly scheduler: Scheduler
  /** How many pages use this network. */
  readonly tabs: number
}

/** One kernel, and what it shows. */
export class Page {
  readonly #options: PageOptions
  readonly #kernel: Kernel
  readonly #live: LiveLayer | undefined
  readonly #mounted = new Map<number, (() => void)[]>()
  /** The newest version that was shown. */
  readonly #newest = new Map<number, number>()
  readonly #faults: string[] = []
  #calls = 0

  constructor(options: PageOptions) {
    this.#options = options
    const { network, open, hasSingleFlight, isOptimistic, hasTags, clock, keep, keepFor } = options
    if (options.hasLive)
      this.#live = live({ url: 'ws://page.test', open: network.open, delay: () => 0 })
    this.#kernel = createKernel(
      { fetch: network.fetch, clock, keep, keepFor },
      ...(this.#live ? [this.#live] : []),
      tabs({ open }),
      ...(isOptimistic ? [optimistic(...guesses)] : []),
      ...(hasTags ? [tags()] : []),
      ...(hasSingleFlight ? [singleFlight()] : []),
    )
  }

  run(steps: readonly Step[]): void {
    void this.#options.scheduler.scheduleSequence(
      steps.map((one, index) => ({
        label: `page ${this.#options.index}: ${one.do} ${one.note}`,
        builder: async () => this.#do(one, `${this.#options.index}.${index}`),
      })),
    )
  }

  isQuiet(): boolean {
    const reads = [...this.#options.network.reading.values()]
    return this.#calls === 0 && reads.every((count) => count === 0)
  }

  /** What is mounted is what the server has. */
  async compare(): Promise<void> {
    const { network, tabs: tabCount } = this.#options
    deepStrictEqual(this.#faults, [])
    // Each tab of one browser may read an instance once.
    ok(network.mostReads() <= tabCount)
    for (const [noteId, listeners] of this.#mounted) {
      if (listeners.length === 0) continue
      const { data, status, isStale } = this.#kernel.read(noteContext, { noteId })
      deepStrictEqual({ status, isStale }, { status: 'success', isStale: false })
      deepStrictEqual(
        {
          note_body: data?.noteBody,
          note_remarks: data?.noteRemarks,
          reader: data?.reader,
        },
        await network.truth('note', { note_id: noteId }),
      )
    }
  }

  unmountAll(): void {
    for (const listeners of this.#mounted.values()) for (const stop of listeners.splice(0)) stop()
  }

  /** Nobody asks for what nobody watches, whatever is invalidated. */
  compareLeft(): void {
    deepStrictEqual(this.#faults, [])
    this.#kernel.clear()
    this.#kernel.invalidate(['note'])
    ok(this.isQuiet())
    for (const noteId of [1, 2]) {
      deepStrictEqual(this.#kernel.read(noteContext, { noteId }).status, 'idle')
    }
    deepStrictEqual(this.#kernel.dehydrate().contexts, [])
  }

  close(): void {
    this.#live?.close()
  }

  #do({ do: what, note: noteId }: Step, text: string): void {
    const kernel = this.#kernel
    const actions: Record<Step['do'], () => unknown> = {
      mount: () => this.#mount(noteId),
      unmount: () => this.#mounted.get(noteId)?.shift()?.(),
      load: () => kernel.load(noteContext, { noteId }),
      refetch: () => kernel.refetch(noteContext, { noteId }),
      loadAndGiveUp: () => {
        const controller = new AbortController()
        void this.#options.scheduler
          .schedule(Promise.resolve(), 'given up')
          .then(() => controller.abort())
        return kernel.load(noteContext, { noteId }, { signal: controller.signal })
      },
      write: () => kernel.call(write, { noteId, text }),
      revise: () => kernel.call(revise, { noteId, text }),
      borrow: () => kernel.call(borrow, { noteId }),
      remark: () => kernel.call(remark, { noteId, text }),
      rewriteAll: () => kernel.call(rewriteAll, { text }),
      refuse: () => kernel.call(refuse, { noteId }),
      blunder: () => kernel.call(blunder, { noteId, text }),
      enter: () => kernel.call(enter, { id: `user-${text}` }),
      leave: () => kernel.call(leave, {}),
      invalidate: () => kernel.invalidate(['note']),
      clear: () => kernel.clear(),
      rest: () => undefined,
      hydrate: () => this.#hydrate(noteId === 1 ? 0 : -1),
      wander: () => Promise.all([3, 4, 5].map((id) => kernel.load(noteContext, { noteId: id }))),
    }
    const result = actions[what]()
    if (!(result instanceof Promise)) return
    this.#calls++
    void result.catch(() => undefined).finally(() => this.#calls--)
  }

  #hydrate(index: number): void {
    const { kept, keep, keepFor } = this.#options
    const state = kept.at(index)
    // A kernel that forgets what it had cannot know that what it is given is older.
    if (state && keep > 0 && keepFor === Infinity) this.#kernel.hydrate(state)
  }

  #mount(noteId: number): void {
    const listeners = this.#mounted.get(noteId) ?? []
    this.#mounted.set(noteId, listeners)
    const look = (): void => {
      const version = this.#kernel.read(noteContext, { noteId }).data?.noteBody.version
      if (version === undefined) return
      const newest = this.#newest.get(noteId) ?? 0
      if (version < newest) this.#faults.push(`note ${noteId} went from ${newest} to ${version}`)
      this.#newest.set(noteId, version)
      this.#options.kept.push(this.#kernel.dehydrate())
    }
    listeners.push(this.#kernel.subscribe(noteContext, { noteId }, look))
  }
}
