/** Values that would fail a change of their column's type, asked before it is tried. */

import type { ColumnSnapshot, Enums } from '@mizan/db'
import { quote, quoteText } from './ddl-texts.ts'

/** The least and the greatest whole number. */
const ranges: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  serial: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  bigserial: ['-9223372036854775808', '9223372036854775807'],
}
const texts = ['text', 'varchar', 'char']

/** A condition for WHERE; undefined where every value has a place in the other type. */
export function misfits(
  before: ColumnSnapshot,
  after: ColumnSnapshot,
  enums: Enums,
): string | undefined {
  const [from, to] = [before.type, after.type]
  const own = quote(after.name)
  if (to.name === 'enum') {
    const values = (enums[to.enum ?? '']?.values ?? []).map(quoteText).join(', ')
    return values === '' ? undefined : `${own} is not null and ${own} not in (${values})`
  }
  if (from.name === to.name) return undefined
  const isText = texts.includes(from.name)
  const range = ranges[to.name]
  if (range !== undefined) {
    const outside = `cast(${own} as decimal(65, 10)) not between ${range[0]} and ${range[1]}`
    return isText ? `${own} not regexp '^[+-]?[0-9]+([.][0-9]+)?$' or ${outside}` : outside
  }
  if (to.name === 'numeric') {
    const least = `1${'0'.repeat((to.precision ?? 10) - (to.scale ?? 0))}`
    const outside = `abs(cast(${own} as decimal(65, 10))) >= ${least}`
    return isText ? `${own} not regexp '^[+-]?[0-9]+([.][0-9]+)?$' or ${outside}` : outside
  }
  if (!isText) return undefined
  if (['date', 'timestamp', 'timestamptz'].includes(to.name))
    return `${own} is not null and cast(${own} as datetime) is null`
  return to.name === 'json' || to.name === 'jsonb' ? `json_valid(${own}) = 0` : undefined
}
