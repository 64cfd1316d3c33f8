/** RFC 3339: dates, times and durations as texts, and the stricter date-times that a Date holds exactly. */

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/
const timePattern =
  /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d{1,30})?(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i
const wirePattern = /T\d\d:\d\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
// Appendix A: years may be followed by months, months by days; nothing is left out between two.
const durationPattern =
  /^P(?:\d+W|(?=[\dT])(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/
/** A text longer than every sensible one is not worth a regular expression. */
const longest = 64

/** Whether `text` is a full-date that exists: `2024-02-29`. */
export function isDate(text: string): boolean {
  if (text.length !== 10) return false
  const match = datePattern.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

/** Whether `text` is a full-time with an offset: `23:59:60Z`, a leap second, is one, and only at the end of a UTC day. */
export function isTime(text: string): boolean {
  if (text.length > longest) return false
  const match = timePattern.exec(text)
  if (match === null) return false
  const [, hour, minute, second, sign, offsetHour = '0', offsetMinute = '0'] = match
  if (second !== '60') return true
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1)
  const minutes = Number(hour) * 60 + Number(minute) - offset
  return (minutes + minutesOfDay) % minutesOfDay === minutesOfDay - 1
}

const minutesOfDay = 24 * 60

/** Whether `text` is a date-time. Not every one fits a Date: see {@link parseDateTime}. */
export function isDateTime(text: string): boolean {
  return /^t$/i.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11))
}

/** Whether `text` is a duration: `P1DT12H`, `P4W`. */
export function isDuration(text: string): boolean {
  return text.length <= longest && durationPattern.test(text)
}

/**
 * The instant of a date-time: `T` and `Z` in capitals, no leap second, UTC years 0 to 9999, digits after the
 * milliseconds cut off; `undefined` for any other text.
 */
export function parseDateTime(text: string): Date | undefined {
  if (text.length > 35 || !wirePattern.test(text) || !isDateTime(text)) return undefined
  const date = new Date(text)
  return isWireDate(date) ? date : undefined
}

/** Whether a Date has a wire form: valid, and its UTC year is between 0 and 9999. */
export function isWireDate(date: Date): boolean {
  const year = date.getUTCFullYear()
  return year >= 0 && year <= 9999
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
