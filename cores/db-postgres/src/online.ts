/** Changes of tables that are in use: which statements take which lock, and the forms that do not hold anybody up. */

import {
  checkClause,
  type ColumnSnapshot,
  emitChange,
  foreignKeyClause,
  generatedName,
  indexStatement,
  parseIdentity,
  type PlannedStatement,
  type PlanSurroundings,
  type SchemaChange,
} from '@mizan/db'
import { alterColumn, alterEnum, baseType, defaultOf, isComputedAlike, isNotNull } from './alter.ts'
import { noteOfObject } from './object-notes.ts'
import { beside, primaryKeyName, quote, relation } from './ddl-texts.ts'
import { plainDdl as ddl } from './plain-ddl.ts'

/** Rows of one batch of a backfill. */
const batchSize = 5000

const brief = 'ACCESS EXCLUSIVE for a moment; no rewrite, no scan'

/** The forms for tables that exist; undefined where the plain form is the safe one. */
export function planOnline(
  change: SchemaChange,
  { fresh, changes }: PlanSurroundings,
): readonly PlannedStatement[] | undefined {
  if (isFunction(change)) return planFunction(change, changes)
  if (change.kind === 'alterEnum') return planEnum(alterEnum(change))
  if (!('table' in change) || typeof change.table !== 'string' || fresh.has(change.table))
    return undefined
  const table = relation(change.table)
  const validate = (name: string): PlannedStatement => ({
    sql: `alter table ${table} validate constraint ${quote(name)}`,
    kind: 'notx',
    note: 'SHARE UPDATE EXCLUSIVE while it scans: reads and writes go on',
  })
  switch (change.kind) {
    case 'createIndex':
      return [
        {
          sql: indexStatement(change.table, change.index, ddl, { concurrently: true }),
          kind: 'notx',
          note: 'SHARE UPDATE EXCLUSIVE, two scans: reads and writes go on',
        },
      ]
    case 'dropIndex':
      return [
        {
          sql: `drop index concurrently if exists ${beside(change.table, change.index.name)}`,
          kind: 'notx',
          note: 'SHARE UPDATE EXCLUSIVE: reads and writes go on',
        },
      ]
    case 'addUnique': {
      const { unique } = change
      const deferrable =
        unique.deferrable === undefined ? '' : ` deferrable initially ${unique.deferrable}`
      return [
        {
          sql: indexStatement(change.table, { ...unique, unique: true }, ddl, {
            concurrently: true,
          }),
          kind: 'notx',
          note: 'SHARE UPDATE EXCLUSIVE, two scans: the index is built beside writes',
        },
        {
          sql: `alter table ${table} add constraint ${quote(unique.name)} unique using index ${quote(unique.name)}${deferrable}`,
          kind: 'tx',
          note: brief,
        },
      ]
    }
    case 'addForeignKey':
      return [
        {
          sql: `alter table ${table} add ${foreignKeyClause(change.foreignKey, ddl)} not valid`,
          kind: 'tx',
          note: 'SHARE ROW EXCLUSIVE on both tables for a moment; rows are looked at in the next step',
        },
        validate(change.foreignKey.name),
      ]
    case 'addCheck':
      return [
        {
          sql: `alter table ${table} add ${checkClause(change.check, ddl)} not valid`,
          kind: 'tx',
          note: `${brief}; rows are looked at in the next step`,
        },
        validate(change.check.name),
      ]
    case 'addColumn':
      return planNewColumn(change)
    case 'alterColumn':
      return planColumn(change)
    case 'changePrimaryKey':
      return planKey(change)
    default:
      return undefined
  }
}

type OfObject = Extract<SchemaChange, { readonly object: unknown }>

function isFunction(change: SchemaChange | undefined): change is OfObject {
  return (
    (change?.kind === 'createObject' || change?.kind === 'alterObject') &&
    change.object.kind === 'function'
  )
}

/** A body may speak of what comes later; what it says is looked at when it runs. */
function planFunction(
  change: OfObject,
  changes: readonly SchemaChange[],
): readonly PlannedStatement[] {
  const own = emitChange(change, ddl).map((sql): PlannedStatement => ({ sql, kind: 'tx' }))
  if (isFunction(changes[changes.indexOf(change) - 1])) return own
  return [{ sql: 'set local check_function_bodies = off', kind: 'tx' }, ...own]
}

/** A new value cannot be used in the transaction that adds it, and the type is locked only for a moment. */
function planEnum(statements: readonly string[]): readonly PlannedStatement[] {
  return statements.map((sql) =>
    sql.includes(' add value ')
      ? {
          sql,
          kind: 'notx',
          note: 'by itself: a value cannot be used in the transaction that adds it',
        }
      : {
          sql,
          kind: 'tx',
          note: 'ACCESS EXCLUSIVE; the type is made anew, so its tables are rewritten',
        },
  )
}

type Of<K extends SchemaChange['kind']> = Extract<SchemaChange, { readonly kind: K }>

/** A default that is computed for each row would rewrite the table under lock: it is filled in batches instead. */
function planNewColumn(
  change: Of<'addColumn' | 'dropColumn'>,
): readonly PlannedStatement[] | undefined {
  const { column } = change
  if (column.default?.kind !== 'expression' || !column.default.source.includes('('))
    return undefined
  const table = relation(change.table)
  const expression = defaultOf(column) ?? 'null'
  return [
    {
      sql: `alter table ${table} add column ${quote(column.name)} ${baseType(column)}`,
      kind: 'tx',
      note: brief,
    },
    {
      sql: `alter table ${table} alter column ${quote(column.name)} set default ${expression}`,
      kind: 'tx',
      note: brief,
    },
    backfill(change.table, column.name, expression),
    ...(column.notNull ? setNotNull(change.table, column.name) : []),
  ]
}

/** The index of the key is built beside writes, and becomes the key when it is there. */
function planKey({
  table,
  before,
  beforeName,
  after,
}: Of<'changePrimaryKey'>): readonly PlannedStatement[] | undefined {
  if (after.length === 0) return undefined
  const index = generatedName(parseIdentity(table).name, after, 'key')
  const clauses = [
    ...(before.length === 0
      ? []
      : [`drop constraint ${quote(beforeName ?? primaryKeyName(table))}`]),
    `add constraint ${quote(primaryKeyName(table))} primary key using index ${quote(index)}`,
  ]
  return [
    {
      sql: indexStatement(table, { name: index, columns: after, unique: true }, ddl, {
        concurrently: true,
      }),
      kind: 'notx',
      note: 'SHARE UPDATE EXCLUSIVE, two scans: the index of the key is built beside writes',
    },
    { sql: `alter table ${relation(table)} ${clauses.join(', ')}`, kind: 'tx', note: brief },
  ]
}

function planColumn(change: Of<'alterColumn'>): readonly PlannedStatement[] | undefined {
  const { table, before, after } = change
  if (isNotNull(before) || !isNotNull(after) || after.generated !== undefined) return undefined
  const rest = alterColumn({ ...change, definition: '' }).filter(
    (sql) => !sql.endsWith(' set not null'),
  )
  const value = defaultOf(after)
  return [
    ...rest.map((sql): PlannedStatement => ({ sql, kind: 'tx' })),
    ...(value === undefined ? [] : [backfill(table, after.name, value)]),
    ...setNotNull(table, after.name),
  ]
}

function backfill(table: string, column: string, expression: string): PlannedStatement {
  const [name, own] = [relation(table), quote(column)]
  return {
    sql:
      `update ${name} set ${own} = ${expression} where ctid = any (array(` +
      `select ctid from ${name} where ${own} is null limit ${batchSize} for update skip locked))`,
    kind: 'batch',
    note: `ROW EXCLUSIVE, ${batchSize} rows at a time until none is left`,
  }
}

/** Through a check that is validated beside writes, so that SET NOT NULL need not scan under its lock. */
function setNotNull(table: string, column: string): readonly PlannedStatement[] {
  const [name, own, check] = [relation(table), quote(column), quote(`mizan_${column}_not_null`)]
  return [
    {
      sql: `alter table ${name} add constraint ${check} check (${own} is not null) not valid`,
      kind: 'tx',
      note: brief,
    },
    {
      sql: `alter table ${name} validate constraint ${check}`,
      kind: 'notx',
      note: 'SHARE UPDATE EXCLUSIVE while it scans: reads and writes go on',
    },
    {
      sql: `alter table ${name} alter column ${own} set not null`,
      kind: 'tx',
      note: `${brief}: the check proves it`,
    },
    { sql: `alter table ${name} drop constraint ${check}`, kind: 'tx', note: brief },
  ]
}

/** Lock, rewrite and scan of the plain forms. */
export function noteOf(
  change: SchemaChange,
  { fresh, changes }: PlanSurroundings,
): string | undefined {
  switch (change.kind) {
    case 'dropTable':
      return 'ACCESS EXCLUSIVE; the rows are gone'
    case 'dropColumn':
      return `${brief}; the values are gone`
    case 'addColumn':
      return isStoredAtOnce(change.column)
        ? 'ACCESS EXCLUSIVE while every row is rewritten: plan a quiet hour for large tables'
        : `${brief}: the default is kept beside the rows`
    case 'renameTable':
    case 'renameColumn':
    case 'renameKey':
      return `${brief}; whoever knows the old name fails from here on`
    case 'alterColumn':
      return isInstant(change)
        ? brief
        : 'ACCESS EXCLUSIVE while every row is rewritten or scanned: plan a quiet hour for large tables'
    case 'createObject':
    case 'dropObject':
      return noteOfObject(change, changes)
    case 'changePrimaryKey':
    case 'dropForeignKey':
    case 'dropUnique':
    case 'dropCheck':
      return fresh.has(change.table) ? undefined : brief
    default:
      return undefined
  }
}

/** Columns whose value is another one in each row, and stands in it. */
function isStoredAtOnce({ generated, identity, type }: ColumnSnapshot): boolean {
  const counts = identity !== undefined || type.name === 'serial' || type.name === 'bigserial'
  return counts || generated?.stored === true
}

function isInstant({ before, after }: Of<'alterColumn'>): boolean {
  if (!isComputedAlike(before, after)) return false
  if (baseType(before) === baseType(after)) return true
  const [from, to] = [before.type, after.type]
  if (to.name === 'text') return from.name === 'varchar' || from.name === 'text'
  return (
    to.name === 'varchar' &&
    from.name === 'varchar' &&
    (to.length ?? 0) >= (from.length ?? Infinity)
  )
}
