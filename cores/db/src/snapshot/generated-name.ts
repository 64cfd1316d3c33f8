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

const kinds = {
  unique: { suffix: 'unique', engines: ['key', 'unique', 'uniq'] },
  index: { suffix: 'index', engines: ['idx', 'index'] },
  'foreign key': { suffix: 'fk', engines: ['fkey', 'fk', 'foreign'] },
  check: { suffix: 'check', engines: ['check'] },
} as const

/** Whose name it is. */
export interface NamedThing {
  readonly table: string
  readonly columns: readonly string[]
  readonly kind: keyof typeof kinds
  readonly name: string
}

/** Whether a name was made by us or by a database, and not given by anybody. */
export function isGeneratedName({ table, columns, kind, name }: NamedThing): boolean {
  const { suffix, engines } = kinds[kind]
  if (name === '' || name === generatedName(table, columns, suffix)) return true
  if (kind === 'check') return checkName(table).test(name)
  if (kind === 'foreign key' && new RegExp(`^${escape(table)}_ibfk_\\d+$`).test(name)) return true
  return engines.some((engine) => name === [table, ...columns, engine].join('_'))
}

/** `tasks_check`, `tasks_check1`, `CONSTRAINT_1`; a name with a column in it may be anybody's. */
function checkName(table: string): RegExp {
  return new RegExp(`^(${escape(table)}_(chk_)?(check)?\\d*|CONSTRAINT_\\d+)$`)
}

function escape(text: string): string {
  return text.replace(/[^\w]/g, '\\$&')
}

/** FNV-1a: eight stable hexadecimal digits, in any runtime. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
