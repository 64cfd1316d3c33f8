/** Strict RFC 3339 dates and date-times, years 0 to 9999, no leap seconds: what a Date can hold exactly. */

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/
const dateTimePattern =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Whether `text` is a full-date that exists: `2024-02-29`. */
export function isDate(text: string): boolean {
  const match = datePattern.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

/** The instant of an RFC 3339 date-time (digits after the milliseconds are cut off); `undefined` for any other text. */
export function parseDateTime(text: string): Date | undefined {
  // 9 digits of a fraction and an offset are the longest form; a longer text is not worth a regular expression.
  if (text.length > 35) return undefined
  const match = dateTimePattern.exec(text)
  if (match === null || !isDate(match[1] ?? '')) return undefined
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
