/** Names and texts of MySQL as they stand in DDL. */

/** A quoted identifier. */
export function quote(name: string): string {
  if (name.includes('\0')) throw new TypeError('a name with a NUL character cannot stand in SQL')
  return `\`${name.replaceAll('`', '``')}\``
}

/** A text as an SQL literal: in the pinned mode a backslash begins an escape. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('a text with a NUL character cannot stand in SQL')
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
