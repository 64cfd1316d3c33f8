/** Values that would fail a change of their column's type, asked before it is tried. */

import { type ColumnSnapshot, quoteText } from '@mizan/db'
import { baseType } from './alter.ts'
import { quote } from './ddl-texts.ts'

const whole = ['smallint', 'integer', 'serial', 'bigint', 'bigserial']
const broken = ['numeric', 'real', 'double']
const times = ['date', 'time', 'timestamp', 'timestamptz']
const texts = ['text', 'varchar', 'char']

/** A condition for WHERE; undefined where every value has a place in the other type. Asked of PostgreSQL 16 and newer. */
export function misfits(before: ColumnSnapshot, after: ColumnSnapshot): string | undefined {
  const [from, to] = [before.type, after.type]
  if (baseType(before) === baseType(after) || texts.includes(to.name)) return undefined
  if (times.includes(from.name) && times.includes(to.name)) return undefined
  if (whole.indexOf(baseName(from.name)) >= 0 && isWider(from.name, to.name)) return undefined
  if (from.name === 'boolean' || to.name === 'boolean') {
    if (!texts.includes(from.name)) return undefined
  }
  const own = quote(after.name)
  // A fraction is rounded, so it is no reason to fail.
  const text =
    broken.includes(from.name) && whole.includes(to.name)
      ? `round(${own}::numeric)::text`
      : `${own}::text`
  return `${own} is not null and not pg_input_is_valid(${text}, ${quoteText(baseType(after))})`
}

function baseName(name: string): string {
  if (name === 'serial') return 'integer'
  return name === 'bigserial' ? 'bigint' : name
}

function isWider(from: string, to: string): boolean {
  const place = (name: string): number => ['smallint', 'integer', 'bigint'].indexOf(baseName(name))
  return place(from) >= 0 && (place(to) >= place(from) || to === 'real' || to === 'double')
}
