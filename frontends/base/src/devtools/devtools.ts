/** The layer that watches a kernel for developer tools. */

import { MizanError } from '@mizan/protocol'

import type { ContextState } from '../context-state.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelAnswer, KernelLayer } from '../transport.ts'
import { KernelWatch } from './kernel-watch.ts'
import { Recorder } from './recorder.ts'
import type { TimelineEntry } from './timeline.ts'

/** Options of {@link devtools}. */
export interface DevtoolsOptions {
  /** How many lines the timeline has. @default 300 */
  readonly keep?: number
  /** Milliseconds; the kernel's own, where it was given one. @default Date.now */
  readonly clock?: () => number
}

/** One instance as developer tools show it. */
export interface InstanceFacts {
  /** `task?task_id=5` */
  readonly label: string
  readonly state: ContextState<unknown>
  /** How many show it, by member; `*` stands for those that show all. */
  readonly watchers: ReadonlyMap<string, number>
}

/** What developer tools may look at and do. */
export interface Devtools {
  /** The oldest first. */
  timeline(): readonly TimelineEntry[]
  forgetTimeline(): void
  instances(): readonly InstanceFacts[]
  /** By the clock that ages are counted by. */
  now(): number
  /** Called after changes, at most once a turn. */
  subscribe(listener: () => void): () => void
  /** Makes one instance out of date, or all. */
  invalidate(label?: string): void
  refetch(label: string): void
  readonly isOffline: boolean
  /** While offline, each request fails as where there is no network. The live connection stays. */
  setOffline(isOffline: boolean): void
}

const all = new WeakMap<Kernel, Devtools>()

/**
 * Watches a kernel. Give it last: it then sees what goes over the network, each attempt of a retry by itself, and layers that
 * wait for the network see when it is offline.
 */
export function devtools({ keep = 300, clock = Date.now }: DevtoolsOptions = {}): KernelLayer {
  const recorder = new Recorder(keep, clock)
  let watch: KernelWatch | undefined
  let isOffline = false

  const layer: KernelLayer = async (request, next) => {
    const finish = watch?.begin(request)
    try {
      const answer = isOffline ? noAnswer(request.name) : await next(request)
      finish?.(answer)
      return answer
    } catch (cause) {
      finish?.()
      throw cause
    }
  }

  layer.attach = (kernel, store) => {
    const watched = (watch = new KernelWatch(kernel, store, recorder))
    all.set(kernel, {
      timeline: () => recorder.entries(),
      forgetTimeline: () => recorder.clear(),
      instances: () => watched.instances(),
      now: clock,
      subscribe: (listener) => recorder.subscribe(listener),
      invalidate: (label) => watched.invalidate(label),
      refetch: (label) => watched.refetch(label),
      get isOffline() {
        return isOffline
      },
      setOffline(next) {
        isOffline = next
        recorder.changed()
        // What waits for the network begins again, as when a real one comes back.
        globalThis.dispatchEvent?.(new Event(next ? 'offline' : 'online'))
      },
    })
  }
  return layer
}

/**
 * The developer tools of a kernel.
 *
 * @throws TypeError when the kernel has no layer `devtools()`.
 */
export function devtoolsOf(kernel: Kernel): Devtools {
  const found = all.get(kernel)
  if (found) return found
  throw new TypeError(
    'This kernel is not watched: give it the layer, last: createKernel(options, …, devtools())',
  )
}

function noAnswer(name: string): KernelAnswer {
  const message = `${name}: no answer, because the developer tools are offline`
  return { status: 0, error: new MizanError('UNAVAILABLE', message) }
}
