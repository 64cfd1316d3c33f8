/** What only the reader's clock and zone tell: a page that the server rendered has its own until it is taken over. */

import { useSyncExternalStore } from 'react'
import { usePageStart } from './page-start.ts'
import { dayOf } from './time.ts'

/** Today as `YYYY-MM-DD`. */
export function useToday(): string {
  const { now } = usePageStart()
  return useSyncExternalStore(
    subscribe,
    () => dayOf(new Date()),
    () => new Date(now).toISOString().slice(0, 10),
  )
}

/** As `Europe/Lisbon`. */
export function useTimeZone(): string {
  return useSyncExternalStore(subscribe, zoneOfReader, () => 'UTC')
}

const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone

function zoneOfReader(): string {
  return zone
}

/** Read anew whenever something else makes the component render. */
function subscribe(): () => void {
  return () => undefined
}
