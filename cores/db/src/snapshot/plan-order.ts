/** Tables that come and go, in an order in which their foreign keys allow it. */

import type { Change } from './changes.ts'
import { canonicalText } from './column-text.ts'
import type { PlanFacts } from './plan-changes.ts'
import type { ForeignKeySnapshot, SchemaSnapshot, TableSnapshot } from './snapshot.ts'

/** What is created, and the foreign keys that wait until everything that they refer to is there. */
export interface CreatePlan {
  readonly creates: readonly Change[]
  readonly late: readonly Change[]
}

/** Referenced tables first; a circle is closed by foreign keys that are added when all tables and keys exist. */
export function planCreates(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  facts: PlanFacts,
): CreatePlan {
  const names = Object.keys(to.tables).filter((name) => !Object.hasOwn(from.tables, name))
  const tables = byDependency(names.toSorted().map((name) => tableOf(to, name)))
  const missing = new Set(names)
  const late: Change[] = []
  const creates = tables.flatMap((table): Change[] => {
    missing.delete(table.name)
    const inline = table.foreignKeys.filter(
      (key) =>
        !facts.alterConstraints ||
        key.table === table.name ||
        (!missing.has(key.table) && isSteady(key, from, to)),
    )
    for (const foreignKey of table.foreignKeys) {
      if (!inline.includes(foreignKey))
        late.push({ kind: 'addForeignKey', table: table.name, foreignKey })
    }
    return [
      { kind: 'createTable', table: { ...table, foreignKeys: inline }, enums: to.enums },
      ...table.indexes.map((index): Change => ({ kind: 'createIndex', table: table.name, index })),
    ]
  })
  return { creates, late }
}

/** Whether the columns that a key refers to, and what makes them a key, are new with their table or stay as they are. */
function isSteady(
  { table: name, references }: ForeignKeySnapshot,
  from: SchemaSnapshot,
  to: SchemaSnapshot,
): boolean {
  const before = from.tables[name]
  if (before === undefined) return true
  const facts = (table: TableSnapshot): string =>
    canonicalText([
      table.columns.filter((one) => references.includes(one.name)).map((one) => one.type),
      table.primaryKey,
      table.uniques,
      table.indexes.filter((one) => one.unique === true),
    ])
  return facts(before) === facts(tableOf(to, name))
}

/** Referencing tables first; foreign keys of a circle go before. */
export function planDrops(
  from: SchemaSnapshot,
  names: readonly string[],
  facts: PlanFacts,
): Change[] {
  const tables = byDependency(names.map((name) => tableOf(from, name))).toReversed()
  const gone = new Set<string>()
  const early: Change[] = []
  const drops = tables.map((table): Change => {
    gone.add(table.name)
    for (const other of tables) {
      for (const foreignKey of other.foreignKeys) {
        if (foreignKey.table === table.name && !gone.has(other.name) && facts.alterConstraints) {
          early.push({ kind: 'dropForeignKey', table: other.name, foreignKey })
        }
      }
    }
    return { kind: 'dropTable', table, enums: from.enums }
  })
  return [...early, ...drops]
}

/** Referenced tables first. */
export function byDependency(tables: readonly TableSnapshot[]): TableSnapshot[] {
  const byName = new Map(tables.map((table) => [table.name, table]))
  const ordered = new Set<TableSnapshot>()
  const visit = (table: TableSnapshot, path: ReadonlySet<TableSnapshot>): void => {
    if (ordered.has(table) || path.has(table)) return
    for (const key of table.foreignKeys) {
      const target = byName.get(key.table)
      if (target !== undefined) visit(target, new Set([...path, table]))
    }
    ordered.add(table)
  }
  for (const table of tables) visit(table, new Set())
  return [...ordered]
}

/** @throws TypeError when there is none */
export function tableOf(snapshot: SchemaSnapshot, name: string): TableSnapshot {
  const table = snapshot.tables[name]
  if (table === undefined) throw new TypeError(`the snapshot has no table "${name}"`)
  return table
}
