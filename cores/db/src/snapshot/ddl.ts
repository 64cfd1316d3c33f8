/** Changes → SQL. */

import type { Change, Enums } from './changes.ts'
import type { DdlFacts } from './ddl-facts.ts'
import type { PlannedStatement } from './planned-statement.ts'
import type {
  CheckSnapshot,
  ColumnSnapshot,
  ForeignKeySnapshot,
  IndexElementSnapshot,
  IndexSnapshot,
  KeySnapshot,
  TableSnapshot,
} from './snapshot.ts'

/** The statements of changes, in the dialect's safest form. */
export function planStatements(
  changes: readonly Change[],
  facts: DdlFacts,
): readonly PlannedStatement[] {
  const fresh = new Set(
    changes.flatMap((change) => (change.kind === 'createTable' ? [change.table.name] : [])),
  )
  const dropped = changes.flatMap((change) => (change.kind === 'dropTable' ? [change.table] : []))
  return changes.flatMap((change) => {
    const own = facts.plan?.(change, { fresh, changes })
    if (own !== undefined) return own
    const note = facts.note?.(change, { fresh, changes })
    const plain = facts.transactional ? 'tx' : 'notx'
    return emitChange(change, facts).map((sql, index) => ({
      sql,
      kind:
        change.kind === 'rebuildTable' || isCircular(change, dropped, facts) ? 'rebuild' : plain,
      ...(note === undefined || index > 0 ? {} : { note }),
    }))
  })
}

/** Where keys cannot be taken away first, DROP TABLE deletes rows under keys whose tables may be gone already. */
function isCircular(
  change: Change,
  dropped: readonly TableSnapshot[],
  { alterConstraints }: DdlFacts,
): boolean {
  if (change.kind !== 'dropTable' || alterConstraints) return false
  const later = dropped.slice(dropped.indexOf(change.table) + 1)
  return later.some(({ foreignKeys }) => foreignKeys.some((key) => key.table === change.table.name))
}

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
      return [`alter table ${relation(change.table)} add ${unique(change.unique, facts)}`]
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

/** A text as an SQL literal. Standard strings: a quote is doubled, a backslash is itself. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('a text with a NUL character cannot stand in SQL')
  return `'${text.replaceAll("'", "''")}'`
}

function createTable(table: TableSnapshot, enums: Enums, facts: DdlFacts): readonly string[] {
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

function tableStatement(table: TableSnapshot, enums: Enums, facts: DdlFacts): string {
  const inlineKey = facts.counterIsKey && table.columns.some((column) => isCounter(column))
  const named =
    table.primaryKeyName === undefined ? '' : `constraint ${facts.quote(table.primaryKeyName)} `
  const parts = [
    ...table.columns.map((column) => columnDefinition(column, { enums, facts })),
    ...(table.primaryKey.length === 0 || inlineKey
      ? []
      : [`${named}primary key (${list(table.primaryKey, facts)})`]),
    ...(facts.uniqueIndexes ? [] : table.uniques.map((key) => unique(key, facts))),
    ...table.foreignKeys.map((key) => foreignKeyClause(key, facts)),
    ...table.checks.map((one) => checkClause(one, facts)),
  ]
  const partition = table.partitionBy === undefined ? '' : ` partition by ${table.partitionBy}`
  return `create table ${facts.relation(table.name)} (\n  ${parts.join(',\n  ')}\n)${partition}${facts.tableOptions}`
}

function rebuildTable(
  { before, after, copy, enums, restore }: Extract<Change, { kind: 'rebuildTable' }>,
  facts: DdlFacts,
): readonly string[] {
  const temporary = `_mizan_new_${after.name}`.slice(0, 60)
  const indexes = [...after.uniques.map((key) => ({ ...key, unique: true })), ...after.indexes]
  return (
    facts.rebuild?.({
      before,
      after,
      temporary,
      create: tableStatement({ ...after, name: temporary }, enums, facts),
      indexes: indexes.map((index) => indexStatement(after.name, index, facts)),
      copy,
      triggers: restore.map((trigger) => trigger.create.source),
    }) ?? []
  )
}

function addColumn(
  { table, column, enums, filler }: Extract<Change, { kind: 'addColumn' | 'dropColumn' }>,
  facts: DdlFacts,
): readonly string[] {
  const start = `alter table ${facts.relation(table)} add column`
  const comments =
    column.comment === undefined || facts.columnComment !== undefined
      ? []
      : (facts.comment?.(
          { table, column: column.name, definition: columnDefinition(column, { enums, facts }) },
          column.comment,
        ) ?? [])
  if (filler === undefined || facts.alterColumn === undefined)
    return [`${start} ${columnDefinition(column, { enums, facts })}`, ...comments]
  const filled: ColumnSnapshot = { ...column, default: { kind: 'expression', source: filler } }
  return [
    `${start} ${columnDefinition(filled, { enums, facts })}`,
    ...facts.alterColumn({
      table,
      before: filled,
      after: column,
      enumsBefore: enums,
      enums,
      definition: columnDefinition(column, { enums, facts }),
    }),
    ...comments,
  ]
}

function changePrimaryKey(
  { table, before, beforeName, after }: Extract<Change, { kind: 'changePrimaryKey' }>,
  facts: DdlFacts,
): string {
  const parts = [
    before.length === 0 ? undefined : facts.dropPrimaryKey?.(table, beforeName),
    after.length === 0 ? undefined : `add primary key (${list(after, facts)})`,
  ]
  return `alter table ${facts.relation(table)} ${parts.filter((part) => part !== undefined).join(', ')}`
}

interface DefinitionContext {
  readonly enums: Enums
  readonly facts: DdlFacts
}

/** A column as it stands in CREATE TABLE. */
export function columnDefinition(
  column: ColumnSnapshot,
  { enums, facts }: DefinitionContext,
): string {
  if (isCounter(column)) {
    const counter = `${facts.quote(column.name)} ${facts.counter(column.type)}${facts.counterIsKey ? '' : ' not null'}`
    return `${counter} ${commentPart(column, facts)}`.trimEnd()
  }
  const given = column.default
  const { generated } = column
  return [
    facts.quote(column.name),
    facts.type(column.type, enums),
    generated === undefined
      ? ''
      : `generated always as (${generated.source}) ${generated.stored ? 'stored' : 'virtual'}`,
    column.identity === undefined ? '' : facts.identity(column.identity),
    given === undefined ? '' : `default ${defaultExpression(column, given, facts)}`,
    column.notNull ? 'not null' : '',
    facts.enumCheck?.(column, enums) ?? '',
    commentPart(column, facts),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function commentPart({ comment }: ColumnSnapshot, facts: DdlFacts): string {
  return comment === undefined ? '' : (facts.columnComment?.(comment) ?? '')
}

/** A default as it stands after DEFAULT. */
export function defaultExpression(
  column: ColumnSnapshot,
  given: NonNullable<ColumnSnapshot['default']>,
  facts: DdlFacts,
): string {
  if (given.kind === 'now') return facts.now(column.type)
  if (given.kind === 'value') return facts.literal(given.value, column.type)
  return facts.bareLiterals === true && literal.test(given.source)
    ? given.source
    : `(${given.source})`
}

const literal = /^('(?:[^']|'')*'(?:::\w+)?|-?\d+(?:\.\d+)?|true|false|null)$/i

/** What stands between CREATE INDEX and the name of the index. */
export interface IndexForm {
  readonly concurrently?: boolean
}

/** CREATE INDEX, with everything an index may say. */
export function indexStatement(
  table: string,
  index: IndexSnapshot,
  facts: DdlFacts,
  { concurrently = false }: IndexForm = {},
): string {
  const { quote, relation } = facts
  const elements: readonly IndexElementSnapshot[] =
    index.elements ?? index.columns.map((column) => ({ column }))
  const texts = elements.map((one) =>
    [
      one.column === undefined ? `(${one.expression?.source ?? ''})` : quote(one.column),
      one.collation === undefined ? '' : `collate ${quote(one.collation)}`,
      one.opclass ?? '',
      one.order ?? '',
      one.nulls === undefined ? '' : `nulls ${one.nulls}`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  )
  return [
    `create ${index.unique === true ? 'unique ' : ''}index${concurrently ? ' concurrently' : ''} ${quote(index.name)}`,
    `on ${relation(table)}`,
    index.using === undefined ? '' : `using ${index.using}`,
    `(${texts.join(', ')})`,
    index.include === undefined ? '' : `include (${list(index.include, facts)})`,
    index.nullsNotDistinct === true ? 'nulls not distinct' : '',
    index.where === undefined ? '' : `where ${index.where.source}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function unique(key: KeySnapshot, facts: DdlFacts): string {
  const nulls = key.nullsNotDistinct === true ? ' nulls not distinct' : ''
  return `constraint ${facts.quote(key.name)} unique${nulls} (${list(key.columns, facts)})${deferrable(key)}`
}

/** A foreign key as it stands in CREATE TABLE and after ADD. */
export function foreignKeyClause(key: ForeignKeySnapshot, facts: DdlFacts): string {
  const actions = [
    key.onDelete === 'no action' ? '' : ` on delete ${key.onDelete}`,
    key.onUpdate === 'no action' ? '' : ` on update ${key.onUpdate}`,
  ].join('')
  return (
    `constraint ${facts.quote(key.name)} foreign key (${list(key.columns, facts)}) ` +
    `references ${facts.relation(key.table)} (${list(key.references, facts)})${actions}${deferrable(key)}`
  )
}

function deferrable(key: Pick<KeySnapshot, 'deferrable'>): string {
  return key.deferrable === undefined ? '' : ` deferrable initially ${key.deferrable}`
}

/** A check as it stands in CREATE TABLE and after ADD. */
export function checkClause(one: CheckSnapshot, facts: DdlFacts): string {
  return `constraint ${facts.quote(one.name)} check (${one.source})`
}

function list(columns: readonly string[], facts: DdlFacts): string {
  return columns.map(facts.quote).join(', ')
}

/** Whether a column is `serial()` or `bigSerial()`. */
export function isCounter(column: ColumnSnapshot): boolean {
  return column.type.name === 'serial' || column.type.name === 'bigserial'
}
