/** Values of MySQL's types as the API promises them, for every expression alike. */

import type { TypeCastField, TypeCastNext } from 'mysql2'
import { parseDateTime } from './text-values.ts'

/** `2026-11-20 13:37:00.123` */
const longestDate = 23

/** For `mysql2`: what is not listed is read in its own way (numbers, text, bytes). */
export function typeCast(field: TypeCastField, next: TypeCastNext): unknown {
  switch (field.type) {
    case 'LONGLONG': {
      const text = field.string()
      return text === null ? null : BigInt(text)
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
    case 'TIME':
    case 'JSON':
      return field.string('utf8')
    default:
      return next()
  }
}
