/** Times as people say them. */

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const shortDate = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `3 hr. ago` */
export function ago(date: Date, now: number): string {
  const distance = date.getTime() - now
  for (const [unit, size] of units) {
    if (Math.abs(distance) >= size) return relative.format(Math.trunc(distance / size), unit)
  }
  return 'just now'
}

/** `Nov 20, 2026, 2:05 PM` in a time zone. */
export function exactTime(date: Date, timeZone: string): string {
  return formatIn(timeZone).format(date)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatIn(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone })
    formats.set(timeZone, format)
  }
  return format
}

/** `2026-11-20` → `Nov 20` */
export function dayText(day: string): string {
  return shortDate.format(new Date(`${day}T00:00:00Z`))
}

/** The day of `now` in the reader's time zone, as `YYYY-MM-DD`. */
export function dayOf(now: Date): string {
  const pad = (part: number): string => String(part).padStart(2, '0')
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`
}
