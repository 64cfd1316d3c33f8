/** Dates and bytes to and from PostgreSQL's text. */

import { ValueError } from '@mizan/db'

/** A `Date` has no infinity; its farthest moments stand for it. */
const farthest = 8.64e15

/**
 * `2026-11-20 13:37:00.123`, with or without zone (UTC by the session's pin, where a session can be pinned), BC, and the infinities.
 *
 * @throws ValueError for a year that no `Date` reaches.
 */
export function parseTimestamp(text: string): Date {
  if (text === 'infinity') return new Date(farthest)
  if (text === '-infinity') return new Date(-farthest)
  const match = /^(\d+)-(\d\d)-(\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::\d\d)*)?( BC)?$/.exec(
    text,
  )
  const [, year = '', month = '', day = '', time = '', zone, era] = match ?? []
  // There is no year 0: 1 BC is the ISO year 0.
  const astronomical = era === undefined ? Number(year) : 1 - Number(year)
  const date = new Date(`${isoYear(astronomical)}-${month}-${day}T${milliseconds(time)}Z`)
  if (match === null || Number.isNaN(date.getTime())) {
    throw new ValueError(
      `the timestamp "${text.slice(0, 40)}" does not fit a Date; select it as text`,
    )
  }
  return zone === undefined || zone === '+00' ? date : new Date(date.getTime() - offsetOf(zone))
}

/** `2026-11-20T13:37:00.123456Z`, all digits kept; the infinities and years before Christ as PostgreSQL writes them. */
export function isoTimestamp(text: string): string {
  const match = /^(\d{4})-(\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\d\d(?::\d\d)*)?$/.exec(text)
  if (match === null) return text
  const [, year, day, time, fraction = '', zone = '+00'] = match
  if (zone !== '+00') {
    const moment = new Date(Date.parse(`${year}-${day}T${time}Z`) - offsetOf(zone))
    return `${moment.toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}Z`
  }
  return `${year}-${day}T${time}.${fraction.padEnd(6, '0')}Z`
}

/** A `Date` as PostgreSQL reads it. */
export function formatTimestamp(date: Date): string {
  const time = date.getTime()
  if (Number.isNaN(time)) throw new ValueError('an invalid Date cannot be stored')
  if (time === farthest) return 'infinity'
  if (time === -farthest) return '-infinity'
  const [, year = '', rest = ''] = /^([+-]?\d+)(-.*)Z$/.exec(date.toISOString()) ?? []
  const number = Number(year)
  return number > 0
    ? `${String(number).padStart(4, '0')}${rest}+00`
    : `${String(1 - number).padStart(4, '0')}${rest}+00 BC`
}

/** `\x00ff` → bytes. */
export function parseBytes(text: string): Uint8Array {
  return parseHex(text.slice(2))
}

/** `00ff` → bytes. */
export function parseHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  return bytes
}

/** `+05:30` in milliseconds. */
function offsetOf(zone: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = zone.slice(1).split(':').map(Number)
  return (zone.startsWith('-') ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds)
}

function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0')
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`
}

/** A `Date` holds three digits of a second. */
function milliseconds(time: string): string {
  const [clock = '', fraction = ''] = time.split('.')
  return `${clock}.${fraction.slice(0, 3).padEnd(3, '0')}`
}
