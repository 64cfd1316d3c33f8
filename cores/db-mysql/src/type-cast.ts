/** Values of MySQL's types as the API promises them, for every expression alike. */

import type { TypeCastField, TypeCastNext } from 'mysql2'
import { parseDateTime } from './text-values.ts'

/** `2026-11-20 13:37:00.123` */
const longestDate = 23

/** `HH:MM:SS` with its sign and a third digit; what is longer has a point and digits. */
const wholeSeconds = 10

/**
 * For `mysql2`, the same for statements that are sent as text and those that are prepared: what is not listed is read in its own
 * way (numbers, text, bytes).
 */
export function typeCast(field: TypeCastField, next: TypeCastNext): unknown {
  switch (field.type) {
    case 'LONGLONG': {
      // A text, by the pool's settings.
      const text = next() as string | number | null // cast: as above
      return text === null ? null : BigInt(text)
    }
    case 'FLOAT': {
      // As text it has six digits.
      const value = next() as number | null // cast: a number
      return value === null ? null : Number(value.toPrecision(6))
    }
    case 'TIME': {
      const text = field.string()
      return text === null ? null : withDigits(text, field.length - wholeSeconds - 1)
    }
    case 'DATETIME':
    case 'TIMESTAMP': {
      const text = field.string()
      // With more digits than a Date holds it stays text.
      return text === null ? null : field.length > longestDate ? text : parseDateTime(text)
    }
    case 'DECIMAL':
    case 'NEWDECIMAL':
    case 'DATE':
    case 'JSON':
      return field.string('utf8')
    default:
      return next()
  }
}

/** A prepared statement brings no zeros at the end of the fraction. */
function withDigits(time: string, digits: number): string {
  const [clock = '', fraction = ''] = time.split('.')
  return digits <= 0 || digits > 6 ? time : `${clock}.${fraction.padEnd(digits, '0')}`
}
