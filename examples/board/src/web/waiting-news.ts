/** What every board says of calls that wait: made without a network, they will be carried out when it is back. */

import type { OfflineLayer } from '@mizan/base'

/** What to say at one moment. */
export interface WaitingNews {
  readonly text: string
  /** The network is there: most calls are answered before this needs to be seen. */
  readonly isLater: boolean
}

/** To be read and followed as each library does that. */
export interface WaitingWatch {
  /** Keeps its identity until it changes; undefined where there is nothing to say. */
  read(): WaitingNews | undefined
  subscribe(listener: () => void): () => void
}

/** @param outbox undefined where the server renders: there nothing waits */
export function watchWaiting(outbox: OfflineLayer | undefined): WaitingWatch {
  let last: WaitingNews | undefined
  return {
    read() {
      const next = outbox && newsOf(outbox.waiting().length, navigator.onLine)
      if (next?.text !== last?.text) last = next
      return last
    },
    subscribe(listener) {
      const stop = outbox?.subscribe(listener)
      addEventListener('online', listener)
      addEventListener('offline', listener)
      return () => {
        stop?.()
        removeEventListener('online', listener)
        removeEventListener('offline', listener)
      }
    },
  }
}

function newsOf(count: number, isOnline: boolean): WaitingNews | undefined {
  if (count === 0) return isOnline ? undefined : { text: 'No network', isLater: false }
  const sentence = count === 1 ? 'one change waits' : `${count} changes wait`
  const why = isOnline ? 'The server does not answer' : 'No network'
  return { text: `${why}: ${sentence}`, isLater: isOnline }
}
