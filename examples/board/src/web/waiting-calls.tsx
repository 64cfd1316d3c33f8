/** Says that something was done without a network, and will be carried out when it is back. */

import type { OfflineLayer } from '@mizan/base'
import { createContext, type ReactElement, useContext, useSyncExternalStore } from 'react'

/** Where the server renders, nothing waits. */
const OutboxContext = createContext<Pick<OfflineLayer, 'waiting' | 'subscribe'>>({
  waiting: () => [],
  subscribe: () => () => undefined,
})

export const OutboxProvider: typeof OutboxContext.Provider = OutboxContext.Provider

export function WaitingCalls(): ReactElement {
  const { subscribe, waiting } = useContext(OutboxContext)
  const isOnline = useSyncExternalStore(subscribeToNetwork, readNetwork, () => true)
  const count = useSyncExternalStore(
    subscribe,
    () => waiting().length,
    () => 0,
  )
  return (
    <div className="waiting-calls" role="status">
      {!isOnline && <p>No network{count > 0 && `: ${sentenceOf(count)}`}</p>}
      {isOnline && count > 0 && (
        // Most calls are answered before this would show.
        <p className="waiting-calls-later">The server does not answer: {sentenceOf(count)}</p>
      )}
    </div>
  )
}

function sentenceOf(count: number): string {
  return count === 1 ? 'one change waits' : `${count} changes wait`
}

function subscribeToNetwork(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

function readNetwork(): boolean {
  return navigator.onLine
}
