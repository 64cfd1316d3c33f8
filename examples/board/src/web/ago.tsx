/** How long ago something was; the exact time on demand. */

import { type ReactElement, useSyncExternalStore } from 'react'
import { usePageStart } from './page-start.ts'
import { ago, exactTime } from './time.ts'
import { useTimeZone } from './use-today.ts'

export function Ago({ date }: { readonly date: Date }): ReactElement {
  const { now } = usePageStart()
  const minute = useSyncExternalStore(subscribe, currentMinute, () => toMinute(now))
  const zone = useTimeZone()
  return (
    <time dateTime={date.toISOString()} title={exactTime(date, zone)}>
      {ago(date, minute * length)}
    </time>
  )
}

/** Milliseconds. */
const length = 60_000

function currentMinute(): number {
  return toMinute(Date.now())
}

function toMinute(time: number): number {
  return Math.floor(time / length)
}

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, length)
  return () => clearInterval(timer)
}
