/** Names of constraints that the user did not name. */

/** MySQL allows 64 characters, PostgreSQL cuts names off after 63 bytes without saying so. */
const longest = 63

/** `tasks_project_id_fk`; a long name ends in a hash of itself instead. */
export function generatedName(table: string, columns: readonly string[], suffix: string): string {
  const name = [table, ...columns, suffix].join('_')
  if (new TextEncoder().encode(name).length <= longest) return name
  const plain = name.replace(/[^\x21-\x7e]/g, '_')
  return `${plain.slice(0, longest - suffix.length - 10)}_${hash(name)}_${suffix}`
}

/** FNV-1a: eight stable hexadecimal digits, in any runtime. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
