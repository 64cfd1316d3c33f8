/** Texts in SQL. */

/** A text as an SQL literal. Standard strings: a quote is doubled, a backslash is itself. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('a text with a NUL character cannot stand in SQL')
  return `'${text.replaceAll("'", "''")}'`
}
