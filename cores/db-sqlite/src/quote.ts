/** Names of SQLite. */

/** A quoted identifier. */
export function quote(name: string): string {
  if (name.includes('\0')) throw new TypeError('a name with a NUL character cannot stand in SQL')
  return `"${name.replaceAll('"', '""')}"`
}
