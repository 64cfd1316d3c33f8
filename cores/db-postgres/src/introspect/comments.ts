/** Comments on views, functions and their like: each is an object of its own, which goes and comes with what it is on. */

import { type ObjectSnapshot, quoteText } from '@mizan/db'
import { quote, relation } from '../ddl-texts.ts'
import type { CommentRow } from './rows.ts'

/** An object whose text is not yet an expression. */
export type Carried = Omit<ObjectSnapshot, 'create'> & { readonly create: string }

/** The comment. */
export function toComment(row: CommentRow): Carried {
  const target = targetOf(row)
  const set = `comment on ${target} is ${quoteText(row.text)}`
  const what = row.column === null ? row.on : `column ${row.column} of ${row.on}`
  return {
    kind: 'comment',
    name: `on ${what} ${row.name}${row.arguments === null ? '' : `(${row.arguments})`}`,
    ...(row.table === null ? {} : { table: row.table }),
    create: set,
    alter: set,
    drop: `comment on ${target} is null`,
    dependsOn: [row.key],
  }
}

function targetOf(row: CommentRow): string {
  if (row.table !== null) return `${row.on} ${quote(row.name)} on ${relation(row.table)}`
  if (row.column !== null) return `column ${relation(row.name)}.${quote(row.column)}`
  const kind = row.on === 'partition' ? 'table' : row.on
  return `${kind} ${relation(row.name)}${row.arguments === null ? '' : `(${row.arguments})`}`
}
