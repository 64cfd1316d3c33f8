/** Says that something was done without a network, and will be carried out when it is back. */

import type { OfflineLayer } from '@mizan/base'
import { createContext, type ReactElement, useContext, useMemo, useSyncExternalStore } from 'react'
import { watchWaiting } from './waiting-news.ts'

/** Where the server renders, there is none. */
const OutboxContext = createContext<OfflineLayer | undefined>(undefined)

export const OutboxProvider: typeof OutboxContext.Provider = OutboxContext.Provider

export function WaitingCalls(): ReactElement {
  const outbox = useContext(OutboxContext)
  const { read, subscribe } = useMemo(() => watchWaiting(outbox), [outbox])
  const news = useSyncExternalStore(subscribe, read, () => undefined)
  return (
    <div className="waiting-calls" role="status">
      {news && <p className={news.isLater ? 'waiting-calls-later' : undefined}>{news.text}</p>}
    </div>
  )
}
