/** The shape of resolved options: queries of one shape are one statement. */

import type { Fingerprint } from '../query/fingerprint.ts'
import type { ResolvedOptions } from './resolve-options.ts'

/** Adds a level and those below it; the values of conditions are taken out. */
export function addShape(
  print: Fingerprint,
  { where, orders, extras, relations, counts, after, given }: ResolvedOptions,
): void {
  const { limit, offset, strategy, columns } = given
  // As they are: the text of a number is not a number.
  print.node([limit, offset, strategy])
  if (columns !== undefined)
    for (const key of Object.keys(columns)) print.text(`${key}=${columns[key]}`)
  print.node(where ?? '')
  print.node(orders)
  print.text(`${after?.length}`)
  for (const { value } of after ?? []) print.node(value ?? '')
  for (const [name, node] of extras) {
    print.text(name)
    print.node(node)
  }
  for (const part of [relations, counts]) {
    print.text(`${part.length}`)
    for (const { name, options } of part) {
      print.text(name)
      addShape(print, options)
    }
  }
}
