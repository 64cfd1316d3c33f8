/** Keys and checks as they stand in CREATE TABLE and after ADD. */

import type { DdlFacts } from '../ddl-facts.ts'
import type { CheckSnapshot, ForeignKeySnapshot, KeySnapshot } from '../snapshot.ts'

/** A unique constraint. */
export function uniqueClause(key: KeySnapshot, facts: DdlFacts): string {
  const nulls = key.nullsNotDistinct === true ? ' nulls not distinct' : ''
  return `constraint ${facts.quote(key.name)} unique${nulls} (${columnList(key.columns, facts)})${deferrable(key)}`
}

/** A foreign key as it stands in CREATE TABLE and after ADD. */
export function foreignKeyClause(key: ForeignKeySnapshot, facts: DdlFacts): string {
  const actions = [
    key.onDelete === 'no action' ? '' : ` on delete ${key.onDelete}`,
    key.onUpdate === 'no action' ? '' : ` on update ${key.onUpdate}`,
  ].join('')
  return (
    `constraint ${facts.quote(key.name)} foreign key (${columnList(key.columns, facts)}) ` +
    `references ${facts.relation(key.table)} (${columnList(key.references, facts)})${actions}${deferrable(key)}`
  )
}

function deferrable(key: Pick<KeySnapshot, 'deferrable'>): string {
  return key.deferrable === undefined ? '' : ` deferrable initially ${key.deferrable}`
}

/** A check as it stands in CREATE TABLE and after ADD. */
export function checkClause(one: CheckSnapshot, facts: DdlFacts): string {
  return `constraint ${facts.quote(one.name)} check (${one.source})`
}

/** Quoted names of columns, between commas. */
export function columnList(columns: readonly string[], facts: DdlFacts): string {
  return columns.map(facts.quote).join(', ')
}
