/** Columns and enums of PostgreSQL that change in place. */

import {
  type ColumnChange,
  type ColumnSnapshot,
  type EnumChange,
  parseIdentity,
  quoteText,
} from '@mizan/db'
import { identityClause, literal, now, quote, relation, typeName } from './ddl-texts.ts'

/** Types of one family change into each other by themselves; a value that does not fit is an error, not cut short. */
const families: Readonly<Record<string, string>> = {
  varchar: 'text',
  char: 'text',
  text: 'text',
  smallint: 'number',
  integer: 'number',
  serial: 'number',
  bigserial: 'number',
  bigint: 'number',
  numeric: 'number',
  real: 'number',
  double: 'number',
  timestamp: 'time',
  timestamptz: 'time',
}

/** The statements of a column's change. */
export function alterColumn({ table, before, after }: ColumnChange): readonly string[] {
  const alter = (what: string): string =>
    `alter table ${relation(table)} alter column ${quote(after.name)} ${what}`
  if (!isComputedAlike(before, after)) {
    if (after.generated === undefined) return [alter('drop expression')]
    // The expression of a column cannot be changed before PostgreSQL 17; it is computed anew either way.
    return [
      `alter table ${relation(table)} drop column ${quote(after.name)}`,
      `alter table ${relation(table)} add column ${definition(after)}`,
    ]
  }
  const [oldType, newType] = [baseType(before), baseType(after)]
  const retyped = oldType !== newType
  const [oldIdentity, newIdentity] = [identityOf(before), identityOf(after)]
  const [oldDefault, newDefault] = [defaultOf(before), defaultOf(after)]
  const statements: string[] = []
  if (oldIdentity !== undefined && oldIdentity !== newIdentity)
    statements.push(alter('drop identity'))
  if (oldDefault !== undefined && (retyped || newDefault === undefined))
    statements.push(alter('drop default'))
  if (retyped) statements.push(alter(`type ${newType}${using(before, after)}`))
  if (newDefault !== undefined && (retyped || newDefault !== oldDefault))
    statements.push(alter(`set default ${newDefault}`))
  if (isNotNull(before) && !isNotNull(after)) statements.push(alter('drop not null'))
  if (!isNotNull(before) && isNotNull(after)) statements.push(alter('set not null'))
  if (newIdentity !== undefined && oldIdentity !== newIdentity) {
    statements.push(alter(`add ${identityClause(newIdentity)}`))
    const sequence = `pg_get_serial_sequence(${quoteText(relation(table))}, ${quoteText(after.name)})`
    // Counting goes on after the rows that are there.
    statements.push(
      `select setval(${sequence}, coalesce(max(${quote(after.name)}), 0) + 1, false) from ${relation(table)}`,
    )
  }
  return statements
}

/** Whether both are computed by the same text, or neither is computed. */
export function isComputedAlike(one: ColumnSnapshot, other: ColumnSnapshot): boolean {
  const [before, after] = [one.generated, other.generated]
  return before?.source === after?.source && before?.stored === after?.stored
}

/** Values are added in place; when some are taken away or change places, the type is made anew. */
export function alterEnum({ name, before, after, columns }: EnumChange): readonly string[] {
  const kept = after.filter((value) => before.includes(value))
  if (kept.join('\n') === before.join('\n')) {
    return after.flatMap((value, index) => {
      if (before.includes(value)) return []
      const next = after.slice(index + 1).find((other) => before.includes(other))
      const last = after[index - 1]
      const end = last === undefined ? '' : ` after ${quoteText(last)}`
      const place = next === undefined ? end : ` before ${quoteText(next)}`
      return [`alter type ${relation(name)} add value if not exists ${quoteText(value)}${place}`]
    })
  }
  const old = `${name}__old`
  return [
    `alter type ${relation(name)} rename to ${quote(parseIdentity(old).name)}`,
    `create type ${relation(name)} as enum (${after.map(quoteText).join(', ')})`,
    ...columns.flatMap(({ table, column, default: value }) => {
      const alter = `alter table ${relation(table)} alter column ${quote(column)}`
      return [
        ...(value === undefined ? [] : [`${alter} drop default`]),
        `${alter} type ${relation(name)} using ${quote(column)}::text::${relation(name)}`,
        ...(value === undefined ? [] : [`${alter} set default ${value}`]),
      ]
    }),
    `drop type ${relation(old)}`,
  ]
}

function using(before: ColumnSnapshot, after: ColumnSnapshot): string {
  const [from, to] = [families[before.type.name], families[after.type.name]]
  if (from !== undefined && from === to) return ''
  if (to === 'text') return ''
  const direct = [before, after].every(({ type }) =>
    ['integer', 'boolean', 'json', 'jsonb', 'date', 'timestamp', 'timestamptz', 'time'].includes(
      type.name,
    ),
  )
  return ` using ${quote(after.name)}${direct ? '' : '::text'}::${baseType(after)}`
}

/** Counters are integers that count. */
export function baseType({ type }: ColumnSnapshot): string {
  if (type.name === 'serial') return 'integer'
  return type.name === 'bigserial' ? 'bigint' : typeName(type)
}

function identityOf({ type, identity }: ColumnSnapshot): 'always' | 'by default' | undefined {
  return type.name === 'serial' || type.name === 'bigserial' ? 'by default' : identity
}

/** Whether the column is never null: counters are not. */
export function isNotNull(column: ColumnSnapshot): boolean {
  return column.notNull || identityOf(column) !== undefined
}

/** A default as SQL. */
export function defaultOf({ default: given, type }: ColumnSnapshot): string | undefined {
  if (given === undefined) return undefined
  if (given.kind === 'now') return now(type)
  return given.kind === 'value' ? literal(given.value, type) : `(${given.source})`
}

function definition(column: ColumnSnapshot): string {
  const { generated } = column
  const kind = generated?.stored === false ? 'virtual' : 'stored'
  return `${quote(column.name)} ${typeName(column.type)} generated always as (${generated?.source ?? ''}) ${kind}${column.notNull ? ' not null' : ''}`
}
