/** Which instances the server knows to be shown, kept equal to those that are. */

import type { ClientFrame, FrameId, ServerFrame } from '@mizan/protocol'

import type { ContextState } from '../../context-state.ts'
import type { Instance } from '../../instance.ts'

type Erased = Instance<unknown>

interface Subscription {
  readonly id: FrameId
  /** What was shown when the server was told: what it then sends is newer only than this. */
  readonly state: ContextState<unknown>
}

/** The subscriptions of one connection. */
export interface Subscriptions {
  /** Tells the server what is shown and was not, and what was shown and is not. */
  sync(shown: readonly Erased[]): void
  /** Forgets what the server was told; it forgot, too. */
  forget(): void
  /** Has the server look at each of them again. */
  renew(): void
  /** Takes the answer to a subscription; `false` for any other frame. */
  take(frame: ServerFrame): boolean
}

/** How subscriptions reach their connection. */
export interface SubscriptionsOptions {
  readonly send: (frame: ClientFrame) => void
  /** Ids that nobody else uses on this connection. */
  readonly nextId: () => number
}

/** Nothing is subscribed to before the first `sync`. */
export function createSubscriptions({ send, nextId }: SubscriptionsOptions): Subscriptions {
  const known = new Map<Erased, Subscription>()
  const byId = new Map<FrameId, Erased>()

  function subscribe(instance: Erased, id: number): void {
    const { context, wire: params } = instance.address
    const etag = instance.dehydrate()?.etag
    known.set(instance, { id, state: instance.read() })
    byId.set(id, instance)
    send({
      id,
      subscribe: { context, params, ...(etag ? { etag } : {}) },
    })
  }

  return {
    sync(shown) {
      const all = new Set(shown)
      for (const [instance, { id }] of known) {
        if (all.has(instance)) continue
        known.delete(instance)
        byId.delete(id)
        send({ id, unsubscribe: true })
      }
      for (const instance of shown) {
        const { status, isStale } = instance.read()
        // What is being asked for is subscribed to when it is there, by its etag.
        const isSettled = !isStale && (status === 'success' || status === 'error')
        if (isSettled && !known.has(instance)) subscribe(instance, nextId())
      }
    },
    forget() {
      known.clear()
      byId.clear()
    },
    renew() {
      for (const [instance, { id }] of [...known]) {
        byId.delete(id)
        subscribe(instance, nextId())
      }
    },
    take(frame) {
      if (!('id' in frame)) return false
      const instance = byId.get(frame.id ?? '')
      const subscription = instance && known.get(instance)
      if (!subscription) return false
      const { state } = subscription
      if ('data' in frame) {
        // It changed since: nobody knows which of the two is newer.
        const { data: body, etag, tags } = frame
        if (instance.read() === state) instance.accept({ body, etag, tags })
        else instance.invalidate([], 'live')
      }
      return true
    },
  }
}
