/** Changes → SQL. */

import type { Change } from '../changes.ts'
import type { DdlFacts } from '../ddl-facts.ts'
import { addColumn } from './add-column.ts'
import { columnDefinition } from './column-definition.ts'
import { checkClause, columnList, foreignKeyClause, uniqueClause } from './constraint-clauses.ts'
import { createTable } from './create-table.ts'
import { indexStatement } from './index-statement.ts'
import { quoteText } from './quote-text.ts'
import { rebuildTable } from './rebuild-table.ts'

/** The statements of one change, in their plain form. */
export function emitChange(change: Change, facts: DdlFacts): readonly string[] {
  const { quote, relation } = facts
  switch (change.kind) {
    case 'createSchema':
      return facts.createSchema?.(change.name) ?? []
    case 'dropSchema':
      return facts.dropSchema?.(change.name) ?? []
    case 'createEnum':
      if (!facts.enumTypes) return []
      return [
        `create type ${relation(change.name)} as enum (${change.values.map(quoteText).join(', ')})`,
      ]
    case 'dropEnum':
      return facts.enumTypes ? [`drop type ${relation(change.name)}`] : []
    case 'alterEnum':
      return facts.alterEnum?.(change) ?? []
    case 'createTable':
      return createTable(change.table, change.enums, facts)
    case 'dropTable':
      return [`drop table ${relation(change.table.name)}`]
    case 'renameTable':
      if (facts.renameTable !== undefined) return facts.renameTable(change.from, change.to)
      return [`alter table ${relation(change.from)} rename to ${quote(change.to)}`]
    case 'renameColumn':
      return [
        `alter table ${relation(change.table)} rename column ${quote(change.from)} to ${quote(change.to)}`,
      ]
    case 'renameKey': {
      const { table, of, from } = change
      return facts.renameKey === undefined
        ? []
        : [facts.renameKey({ table, of, name: from }, change.to)]
    }
    case 'addColumn':
      return addColumn(change, facts)
    case 'dropColumn':
      return [`alter table ${relation(change.table)} drop column ${quote(change.column.name)}`]
    case 'alterColumn':
      return (
        facts.alterColumn?.({
          ...change,
          definition: columnDefinition(change.after, { enums: change.enums, facts }),
        }) ?? []
      )
    case 'changePrimaryKey':
      return [changePrimaryKey(change, facts)]
    case 'comment': {
      const { table, column, enums } = change
      const target =
        column === undefined
          ? { table }
          : { table, column: column.name, definition: columnDefinition(column, { enums, facts }) }
      return facts.comment?.(target, change.text) ?? []
    }
    case 'rebuildTable':
      return rebuildTable(change, facts)
    case 'createIndex':
      return [indexStatement(change.table, change.index, facts)]
    case 'dropIndex':
      return [facts.dropIndex(change.table, change.index.name)]
    case 'addUnique':
      if (facts.uniqueIndexes)
        return [indexStatement(change.table, { ...change.unique, unique: true }, facts)]
      return [`alter table ${relation(change.table)} add ${uniqueClause(change.unique, facts)}`]
    case 'dropUnique':
      return [facts.dropUnique(change.table, change.unique.name)]
    case 'addForeignKey':
      return [
        `alter table ${relation(change.table)} add ${foreignKeyClause(change.foreignKey, facts)}`,
      ]
    case 'dropForeignKey':
      return [
        facts.dropForeignKey(change.table, change.foreignKey.name),
        ...(change.implicitIndex === true
          ? [facts.dropIndex(change.table, change.foreignKey.name)]
          : []),
      ]
    case 'addCheck':
      return [`alter table ${relation(change.table)} add ${checkClause(change.check, facts)}`]
    case 'dropCheck':
      return [facts.dropCheck(change.table, change.check.name)]
    case 'createObject':
      return [change.object.create.source]
    case 'alterObject':
      return [change.object.alter ?? change.object.create.source]
    case 'dropObject':
      return [change.object.drop]
    case 'grant':
      return facts.grant?.(change.grant) ?? []
    case 'revoke':
      return facts.revoke?.(change.grant) ?? []
  }
}

function changePrimaryKey(
  { table, before, beforeName, after }: Extract<Change, { kind: 'changePrimaryKey' }>,
  facts: DdlFacts,
): string {
  const parts = [
    before.length === 0 ? undefined : facts.dropPrimaryKey?.(table, beforeName),
    after.length === 0 ? undefined : `add primary key (${columnList(after, facts)})`,
  ]
  return `alter table ${facts.relation(table)} ${parts.filter((part) => part !== undefined).join(', ')}`
}
