/** Other tabs of the browser follow: what a call made out of date here is out of date there, and who signs out is out. */

import type { InstanceStore } from '../instance-store.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelLayer } from '../transport.ts'
import { heardBy, withCallId } from './call-ids.ts'
import { type Change, changeOf, reachOf } from './tags/change.ts'

/** Options of {@link tabs}. */
export interface TabsOptions {
  /** Tabs of one name follow each other. @default 'mizan' */
  readonly name?: string
  /** @default BroadcastChannel */
  readonly open?: (name: string) => TabChannel
}

/** The part of a BroadcastChannel that is used. */
export interface TabChannel {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => void) | null
  /** Where there is one, an open channel does not keep the process. */
  unref?(): void
}

/** What tabs tell each other: a change, or nothing when somebody signed in or out. */
interface TabMessage extends Partial<Change> {
  /** The call that did it. */
  readonly call?: string
}

/** Tells other tabs what calls made here invalidated, and listens to what they tell. No tab repeats what it heard. */
export function tabs({ name = 'mizan', open = openBroadcast }: TabsOptions = {}): KernelLayer {
  const channel = open(name)
  channel.unref?.()
  const tell = (message: TabMessage): void => channel.postMessage(message)
  const around: KernelLayer = async (given, next) => {
    if (given.idempotent) return next(given)
    const { id: call, request } = withCallId(given)
    const answer = await next(request)
    if (answer.session) tell({})
    else {
      const change = changeOf(answer)
      if (change.changed || change.invalidate.length > 0) tell({ call, ...change })
    }
    return answer
  }
  return Object.assign(around, {
    attach(kernel: Kernel, store: Pick<InstanceStore, 'instances'>) {
      const heard = heardBy(kernel)
      channel.onmessage = ({ data }: MessageEvent) => {
        // cast: only this layer posts here; what is not a target is ignored.
        const { call, invalidate, ...change } = data as TabMessage
        if (!invalidate) kernel.clear()
        else if (call === undefined || heard.isNew(call)) {
          // What this tab shows was read by itself: it decides by its own tags.
          const reach = reachOf({ ...change, invalidate }, store.instances())
          kernel.invalidate(reach.invalidate ?? [], { from: 'tabs', fresh: reach.fresh })
        }
      }
    },
  })
}

function openBroadcast(name: string): TabChannel {
  return new BroadcastChannel(name)
}
