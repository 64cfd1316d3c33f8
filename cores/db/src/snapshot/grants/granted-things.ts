/** What rights are on, and what changes do to it. */

import { canonicalText } from '../column-text.ts'
import type { Change } from '../changes.ts'
import { isCounter } from '../ddl/column-definition.ts'
import { type ColumnSnapshot, objectKey, type SchemaSnapshot } from '../snapshot.ts'
import type { GrantSnapshot } from './grant.ts'

/** Without any of these there are no such rights. */
export function thingsOf(grant: GrantSnapshot): readonly string[] {
  const { on, name, column } = grant
  if (on === 'function') return [`function ${name}(${grant.arguments ?? ''})`]
  const thing = on === 'counter' ? `table ${name}` : `${on} ${name}`
  if (column === undefined) return [thing]
  const part = [thing, `column ${name}.${column}`]
  return on === 'counter' ? [...part, `counter ${name}.${column}`] : part
}

/** What a change makes; it has no rights but those that everything of its kind has. */
export function thingsMade(change: Change): readonly string[] {
  switch (change.kind) {
    case 'createTable':
      return [`table ${change.table.name}`]
    case 'addColumn':
      return [`column ${change.table}.${change.column.name}`]
    case 'createEnum':
      return [`enum ${change.name}`]
    case 'createSchema':
      return [`schema ${change.name}`]
    case 'createObject':
      return [objectKey(change.object)]
    default:
      return []
  }
}

/** What a change takes away, and the rights on it. */
export function thingsGone(change: Change): readonly string[] {
  switch (change.kind) {
    case 'dropTable':
      return [`table ${change.table.name}`]
    case 'dropColumn':
      return [`column ${change.table}.${change.column.name}`]
    case 'alterColumn':
      return counts(change.before) && !counts(change.after)
        ? [`counter ${change.table}.${change.after.name}`]
        : []
    case 'dropEnum':
      return [`enum ${change.name}`]
    case 'dropSchema':
      return [`schema ${change.name}`]
    case 'dropObject':
      return [objectKey(change.object)]
    default:
      return []
  }
}

/** What is made anew in place, and may have lost the rights on it. */
export function thingsTouched(change: Change): readonly string[] {
  if (change.kind === 'alterEnum') {
    const kept = change.after.filter((value) => change.before.includes(value))
    return kept.join('\n') === change.before.join('\n') ? [] : [`enum ${change.name}`]
  }
  if (change.kind !== 'alterColumn') return []
  const { table, before, after } = change
  return [
    ...(canonicalText(before.generated) === canonicalText(after.generated)
      ? []
      : [`column ${table}.${after.name}`]),
    ...(counts(after) ? [`counter ${table}.${after.name}`] : []),
  ]
}

/** Whether a sequence is part of the column. */
function counts(column: ColumnSnapshot): boolean {
  return isCounter(column) || column.identity !== undefined
}

/** Whether a thing of a grant is there in `to`. */
export function isThere(
  thing: string,
  { on, name, column }: GrantSnapshot,
  to: SchemaSnapshot,
): boolean {
  if (on === 'schema') {
    const things = [to.tables, to.enums, to.objects ?? {}].flatMap((all) => Object.values(all))
    return name === '' || things.some(({ schema }) => schema === name)
  }
  if (on === 'enum') return Object.hasOwn(to.enums, name)
  if (on !== 'table' && on !== 'counter')
    return thing.startsWith('column ') || Object.hasOwn(to.objects ?? {}, thing)
  const columns = to.tables[name]?.columns ?? []
  return columns.some(
    (one) => (column === undefined || one.name === column) && (on !== 'counter' || counts(one)),
  )
}
