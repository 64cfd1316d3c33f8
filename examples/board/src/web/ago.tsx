/** How long ago something was; the exact time on demand. */

import { type ReactElement, useSyncExternalStore } from 'react'
import { ago, exactTime } from './time.ts'

export function Ago({ date }: { readonly date: Date }): ReactElement {
  const minute = useSyncExternalStore(subscribe, currentMinute)
  return (
    <time dateTime={date.toISOString()} title={exactTime(date)}>
      {ago(date, minute * length)}
    </time>
  )
}

/** Milliseconds. */
const length = 60_000

function currentMinute(): number {
  return Math.floor(Date.now() / length)
}

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, length)
  return () => clearInterval(timer)
}
