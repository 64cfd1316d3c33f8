/** Other tabs of the browser follow: what a call made out of date here is out of date there, and who signs out is out. */

import type { TargetBody } from '@mizan/protocol'

import type { KernelLayer } from '../transport.ts'

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
  readonly invalidate?: readonly TargetBody[]
}

/** Tells other tabs what calls made here invalidated, and listens to what they tell. No tab repeats what it heard. */
export function tabs({ name = 'mizan', open = openBroadcast }: TabsOptions = {}): KernelLayer {
  const channel = open(name)
  channel.unref?.()
  const layer: KernelLayer = async (request, next) => {
    const answer = await next(request)
    if (answer.session) channel.postMessage({} satisfies TabMessage)
    else if (answer.invalidate?.length) channel.postMessage({ invalidate: answer.invalidate })
    return answer
  }
  layer.attach = (kernel) => {
    channel.onmessage = ({ data }) => {
      // cast: only this layer posts here; what is not a target is ignored.
      const { invalidate } = data as TabMessage
      if (invalidate) kernel.invalidate(invalidate)
      else kernel.clear()
    }
  }
  return layer
}

function openBroadcast(name: string): TabChannel {
  return new BroadcastChannel(name)
}
