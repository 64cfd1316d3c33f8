/** CREATE TABLE, with what stands in it. */

import type { Enums } from '../changes.ts'
import type { DdlFacts } from '../ddl-facts.ts'
import type { TableSnapshot } from '../snapshot.ts'
import { columnDefinition, isCounter } from './column-definition.ts'
import { checkClause, columnList, foreignKeyClause, uniqueClause } from './constraint-clauses.ts'
import { indexStatement } from './index-statement.ts'

/** The table and its comments. */
export function createTable(
  table: TableSnapshot,
  enums: Enums,
  facts: DdlFacts,
): readonly string[] {
  const comments =
    facts.comment === undefined
      ? []
      : [
          ...(table.comment === undefined
            ? []
            : facts.comment({ table: table.name }, table.comment)),
          ...table.columns.flatMap((column) =>
            column.comment === undefined || facts.columnComment !== undefined
              ? []
              : (facts.comment?.(
                  {
                    table: table.name,
                    column: column.name,
                    definition: columnDefinition(column, { enums, facts }),
                  },
                  column.comment,
                ) ?? []),
          ),
        ]
  const uniques = facts.uniqueIndexes
    ? table.uniques.map((key) => indexStatement(table.name, { ...key, unique: true }, facts))
    : []
  return [tableStatement(table, enums, facts), ...uniques, ...comments]
}

/** The table alone. */
export function tableStatement(table: TableSnapshot, enums: Enums, facts: DdlFacts): string {
  const inlineKey = facts.counterIsKey && table.columns.some((column) => isCounter(column))
  const named =
    table.primaryKeyName === undefined ? '' : `constraint ${facts.quote(table.primaryKeyName)} `
  const parts = [
    ...table.columns.map((column) => columnDefinition(column, { enums, facts })),
    ...(table.primaryKey.length === 0 || inlineKey
      ? []
      : [`${named}primary key (${columnList(table.primaryKey, facts)})`]),
    ...(facts.uniqueIndexes ? [] : table.uniques.map((key) => uniqueClause(key, facts))),
    ...table.foreignKeys.map((key) => foreignKeyClause(key, facts)),
    ...table.checks.map((one) => checkClause(one, facts)),
  ]
  const partition = table.partitionBy === undefined ? '' : ` partition by ${table.partitionBy}`
  return `create table ${facts.relation(table.name)} (\n  ${parts.join(',\n  ')}\n)${partition}${facts.tableOptions}`
}
