/** The keys that a table declares, by the names that they have in the database. */

import { generatedName } from '../snapshot/generated-name.ts'
import type { AnyBoundColumn } from './column.ts'
import type { TableFacts } from './table-facts.ts'

/** A unique or a foreign key. */
export interface DeclaredKey {
  readonly kind: 'unique' | 'foreign key'
  /** Undefined for a primary key, which each database names in its own way. */
  readonly name: string | undefined
  /** Database names, in the order of the key. */
  readonly columns: readonly string[]
}

const known = new WeakMap<TableFacts, readonly DeclaredKey[]>()

/** The primary key is the first. */
export function declaredKeys(table: TableFacts): readonly DeclaredKey[] {
  let keys = known.get(table)
  if (keys === undefined) {
    keys = readKeys(table)
    known.set(table, keys)
  }
  return keys
}

function readKeys(table: TableFacts): readonly DeclaredKey[] {
  const keys: DeclaredKey[] = []
  const add = (
    kind: DeclaredKey['kind'],
    columns: readonly AnyBoundColumn[],
    name?: string | ((names: readonly string[]) => string),
  ): void => {
    const names = columns.map((column) => column.name)
    keys.push({ kind, columns: names, name: typeof name === 'function' ? name(names) : name })
  }
  const generated =
    (suffix: string) =>
    (names: readonly string[]): string =>
      generatedName(table.name, names, suffix)
  const columns = [...table.columns.values()]
  const constraints = table.constraints()
  const single = columns.filter((column) => column.facts.primaryKey)
  const primary = constraints.find((one) => one.kind === 'primaryKey')?.columns ?? single
  add('unique', primary)
  for (const column of columns) {
    if (column.facts.unique) add('unique', [column], generated('unique'))
    if (column.facts.references !== undefined) add('foreign key', [column], generated('fk'))
  }
  for (const one of constraints) {
    if (one.kind === 'unique') add('unique', one.columns, one.name ?? generated('unique'))
    if (one.kind === 'index' && one.options.unique === true)
      add('unique', one.columns, one.name ?? generated('index'))
    if (one.kind === 'foreignKey') add('foreign key', one.columns, one.name ?? generated('fk'))
  }
  return keys
}
