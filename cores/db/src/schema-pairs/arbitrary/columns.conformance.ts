/** Random columns that every database can have. */

import fc from 'fast-check'
import type { ColumnSnapshot, DefaultSnapshot, TypeSnapshot } from '../../snapshot/snapshot.ts'

/** Their names: one is a word of SQL, one has a large letter. */
export const columnNames = ['one', 'two', 'three', 'Four', 'select', 'six'] as const

const types: readonly TypeSnapshot[] = [
  { name: 'integer' },
  { name: 'bigint' },
  { name: 'smallint' },
  { name: 'text' },
  { name: 'varchar', length: 20 },
  { name: 'varchar', length: 60 },
  { name: 'char', length: 4 },
  { name: 'boolean' },
  { name: 'numeric', precision: 10, scale: 2 },
  { name: 'double' },
  { name: 'timestamptz', precision: 3 },
  { name: 'timestamp', precision: 6 },
  { name: 'date' },
  { name: 'time', precision: 0 },
  { name: 'uuid' },
  { name: 'jsonb' },
  { name: 'bytea' },
  { name: 'enum', enum: 'mood' },
]

const defaults: Readonly<Partial<Record<TypeSnapshot['name'], readonly DefaultSnapshot[]>>> = {
  integer: [{ kind: 'value', value: 7 }],
  bigint: [{ kind: 'value', value: '9007199254740993' }],
  text: [{ kind: 'value', value: "it's \\ here" }],
  varchar: [{ kind: 'value', value: 'x' }],
  boolean: [{ kind: 'value', value: true }],
  numeric: [{ kind: 'value', value: '1.50' }],
  timestamptz: [{ kind: 'now' }],
  enum: [{ kind: 'value', value: 'calm' }],
}

/** A column of a name. */
export function column(name: string): fc.Arbitrary<ColumnSnapshot> {
  return fc
    .tuple(fc.constantFrom(...types), fc.boolean(), fc.nat())
    .map(([type, notNull, pick]) => {
      const given = defaults[type.name]
      const chosen = given === undefined ? undefined : given[pick % (given.length + 1)]
      return { name, type, notNull, ...(chosen === undefined ? {} : { default: chosen }) }
    })
}

/** Types of which every database makes an index without more ado. */
export function isKeyable(columns: readonly ColumnSnapshot[], names: readonly string[]): boolean {
  return columns
    .filter((one) => names.includes(one.name))
    .every(({ type }) => ['integer', 'bigint', 'uuid', 'varchar', 'date'].includes(type.name))
}

/** Which types a column may become: those into which a value of the first can be cast, and back. */
const relatives: readonly (readonly string[])[] = [
  ['integer', 'bigint', 'smallint', 'numeric', 'double', 'text', 'varchar'],
  ['text', 'varchar', 'char'],
  ['timestamptz', 'timestamp', 'date'],
  ['integer', 'boolean'],
  ['integer', 'serial'],
]

/** Whether values of one column can be those of the other, and back. */
export function canBecome(before: ColumnSnapshot, after: ColumnSnapshot): boolean {
  const [from, to] = [before.type.name, after.type.name]
  return from === to || relatives.some((family) => family.includes(from) && family.includes(to))
}
