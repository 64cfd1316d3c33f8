/** Dates to and from MySQL's text; sessions are in UTC. */

import { ValueError } from '@mizan/db'

/** `2026-11-20 13:37:00.123456` */
export function parseDateTime(text: string): Date {
  const [day = '', time = ''] = text.split(' ')
  const [clock = '', fraction = ''] = time.split('.')
  return new Date(`${day}T${clock}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
}

/** @throws ValueError for a date that the database cannot hold. */
export function formatDateTime(date: Date): string {
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  if (!/^[1-9]\d{3}-/.test(text))
    throw new ValueError('MySQL keeps dates of the years 1000 to 9999')
  return text.replace('T', ' ').replace('Z', '')
}
