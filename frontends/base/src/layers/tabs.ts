/** Other tabs of the browser follow: what a call made out of date here is out of date there, and who signs out is out. */

import type { TargetBody } from '@mizan/protocol'

import type { Kernel } from '../kernel.ts'
import type { KernelLayer } from '../transport.ts'
import { heardBy, withCallId } from './call-ids.ts'

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

/** What tabs tell each other: targets, or nothing when somebody signed in or out. */
interface TabMessage {
  /** The call that did it. */
  readonly call?: string
  readonly invalidate?: readonly TargetBody[]
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
    else if (answer.invalidate?.length) tell({ call, invalidate: answer.invalidate })
    return answer
  }
  return Object.assign(around, {
    attach(kernel: Kernel) {
      const heard = heardBy(kernel)
      channel.onmessage = ({ data }: MessageEvent) => {
        // cast: only this layer posts here; what is not a target is ignored.
        const { call, invalidate } = data as TabMessage
        if (!invalidate) kernel.clear()
        else if (call === undefined || heard.isNew(call))
          kernel.invalidate(invalidate, { from: 'tabs' })
      }
    },
  })
}

function openBroadcast(name: string): TabChannel {
  return new BroadcastChannel(name)
}
