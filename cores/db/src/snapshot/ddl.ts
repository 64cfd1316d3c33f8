/** Changes → SQL. */

import type { Change, Enums } from './changes.ts'
import type { DdlFacts } from './ddl-facts.ts'
import type {
  CheckSnapshot,
  ColumnSnapshot,
  ForeignKeySnapshot,
  KeySnapshot,
  SchemaSnapshot,
  TableSnapshot,
} from './snapshot.ts'
import { emptySnapshot } from './snapshot.ts'
import { planChanges } from './plan-changes.ts'

/** The statements that make the tables of `snapshot` in an empty database. */
export function createStatements(snapshot: SchemaSnapshot, facts: DdlFacts): readonly string[] {
  return planChanges(emptySnapshot, snapshot, facts).flatMap((change) => emitChange(change, facts))
}

/** The statements of one change. */
export function emitChange(change: Change, facts: DdlFacts): readonly string[] {
  const { quote } = facts
  switch (change.kind) {
    case 'createEnum':
      if (!facts.enumTypes) return []
      return [
        `create type ${quote(change.name)} as enum (${change.values.map(quoteText).join(', ')})`,
      ]
    case 'dropEnum':
      return facts.enumTypes ? [`drop type ${quote(change.name)}`] : []
    case 'createTable':
      return createTable(change.table, change.enums, facts)
    case 'dropTable':
      return [`drop table ${quote(change.table.name)}`]
    case 'addColumn':
      return [
        `alter table ${quote(change.table)} add column ${columnDefinition(change.column, { enums: change.enums, facts })}`,
      ]
    case 'dropColumn':
      return [`alter table ${quote(change.table)} drop column ${quote(change.column.name)}`]
    case 'createIndex':
      return [createIndex(change.table, change.index, { facts, unique: false })]
    case 'dropIndex':
      return [facts.dropIndex(change.table, change.index.name)]
    case 'addUnique':
      if (facts.uniqueIndexes)
        return [createIndex(change.table, change.unique, { facts, unique: true })]
      return [`alter table ${quote(change.table)} add ${unique(change.unique, facts)}`]
    case 'dropUnique':
      return [facts.dropUnique(change.table, change.unique.name)]
    case 'addForeignKey':
      return [`alter table ${quote(change.table)} add ${foreignKey(change.foreignKey, facts)}`]
    case 'dropForeignKey':
      return [facts.dropForeignKey(change.table, change.foreignKey.name)]
    case 'addCheck':
      return [`alter table ${quote(change.table)} add ${check(change.check, facts)}`]
    case 'dropCheck':
      return [facts.dropCheck(change.table, change.check.name)]
  }
}

/** A text as an SQL literal. Standard strings: a quote is doubled, a backslash is itself. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('a text with a NUL character cannot stand in SQL')
  return `'${text.replaceAll("'", "''")}'`
}

function createTable(table: TableSnapshot, enums: Enums, facts: DdlFacts): readonly string[] {
  const { quote } = facts
  const inlineKey = facts.counterIsKey && table.columns.some((column) => isCounter(column))
  const parts = [
    ...table.columns.map((column) => columnDefinition(column, { enums, facts })),
    ...(table.primaryKey.length === 0 || inlineKey
      ? []
      : [`primary key (${list(table.primaryKey, facts)})`]),
    ...(facts.uniqueIndexes ? [] : table.uniques.map((key) => unique(key, facts))),
    ...table.foreignKeys.map((key) => foreignKey(key, facts)),
    ...table.checks.map((one) => check(one, facts)),
  ]
  const create = `create table ${quote(table.name)} (\n  ${parts.join(',\n  ')}\n)${facts.tableOptions}`
  if (!facts.uniqueIndexes) return [create]
  return [
    create,
    ...table.uniques.map((key) => createIndex(table.name, key, { facts, unique: true })),
  ]
}

interface DefinitionContext {
  readonly enums: Enums
  readonly facts: DdlFacts
}

function columnDefinition(column: ColumnSnapshot, { enums, facts }: DefinitionContext): string {
  if (isCounter(column)) {
    return `${facts.quote(column.name)} ${facts.counter(column.type)}${facts.counterIsKey ? '' : ' not null'}`
  }
  const given = column.default
  return [
    facts.quote(column.name),
    facts.type(column.type, enums),
    given === undefined ? '' : `default ${defaultExpression(column, given, facts)}`,
    column.notNull ? 'not null' : '',
    facts.enumCheck?.(column, enums) ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function defaultExpression(
  column: ColumnSnapshot,
  given: NonNullable<ColumnSnapshot['default']>,
  facts: DdlFacts,
): string {
  if (given.kind === 'now') return facts.now(column.type)
  return given.kind === 'value' ? facts.literal(given.value, column.type) : `(${given.source})`
}

function createIndex(
  table: string,
  key: KeySnapshot,
  { facts, unique: isUnique }: { readonly facts: DdlFacts; readonly unique: boolean },
): string {
  const kind = isUnique ? 'unique index' : 'index'
  return `create ${kind} ${facts.quote(key.name)} on ${facts.quote(table)} (${list(key.columns, facts)})`
}

function unique(key: KeySnapshot, facts: DdlFacts): string {
  return `constraint ${facts.quote(key.name)} unique (${list(key.columns, facts)})`
}

function foreignKey(key: ForeignKeySnapshot, facts: DdlFacts): string {
  const actions = [
    key.onDelete === 'no action' ? '' : ` on delete ${key.onDelete}`,
    key.onUpdate === 'no action' ? '' : ` on update ${key.onUpdate}`,
  ].join('')
  return (
    `constraint ${facts.quote(key.name)} foreign key (${list(key.columns, facts)}) ` +
    `references ${facts.quote(key.table)} (${list(key.references, facts)})${actions}`
  )
}

function check(one: CheckSnapshot, facts: DdlFacts): string {
  return `constraint ${facts.quote(one.name)} check (${one.source})`
}

function list(columns: readonly string[], facts: DdlFacts): string {
  return columns.map(facts.quote).join(', ')
}

function isCounter(column: ColumnSnapshot): boolean {
  return column.type.name === 'serial' || column.type.name === 'bigserial'
}
