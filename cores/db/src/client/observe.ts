/** The layer that turns statements into data tags. */

import {
  ColumnNode,
  DeleteQueryNode,
  InsertQueryNode,
  AliasNode,
  IdentifierNode,
  ReferenceNode,
  ReturningNode,
  type RootOperationNode,
  SelectionNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely'
import type { Capabilities, DialectPackage } from '../dialect/dialect-package.ts'
import type { Analysis, TableWrite } from '../query/analysis.ts'
import {
  everything,
  isTagColumn,
  tableTag,
  tagColumns,
  unplacedTag,
  valueTag,
} from '../query/tags.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { StatementLayer } from './statement.ts'
import type { ScopePort } from './scope-port.ts'
import type { DbEventTarget } from './events.ts'

/** More changed rows than this are not told one by one. */
const maximumPlacedRows = 1000

/** Columns that the layer adds to RETURNING begin like this, and leave the rows again. */
const prefix = 'mizan_tag_'

/** What the layer works with. */
export interface ObserveOptions {
  readonly schema: Schema
  readonly dialect: DialectPackage
  readonly port: ScopePort
  readonly events: DbEventTarget
}

/** Tells the run what a statement reads before it runs, and what it wrote when that is committed. */
export function observe({ schema, dialect, port, events }: ObserveOptions): StatementLayer {
  return async (statement, next) => {
    const scope = port()
    const { analysis } = statement
    if (scope !== undefined) {
      const reads = readTags(analysis)
      if (reads.length > 0) scope.observe({ reads, writes: [] })
    }
    if (scope === undefined && !events.has('commit')) return next(statement)
    const writes = analysis?.writes ?? []
    const opaque = analysis === undefined || analysis.opaque === 'write'
    if (writes.length === 0 && !opaque) return next(statement)

    const asked = placedColumns(writes[0], dialect.capabilities)
    const result = await next(
      asked.length === 0
        ? statement
        : { ...statement, node: withReturning(statement.node, writes[0], asked) },
    )
    const placed = takePlaced(result.rows, asked, dialect)
    const tags = new Set(opaque ? [everything] : [])
    for (const write of writes) {
      for (const tag of writeTags(write, {
        schema,
        capabilities: dialect.capabilities,
        asked,
        placed: write.outermost ? placed : [],
      }))
        tags.add(tag)
    }
    const list = [...tags]
    statement.session.whenCommitted(() => {
      scope?.observe({ reads: [], writes: list })
      events.emit('commit', { writes: list })
    })
    if (asked.length === 0) return result
    // Rows that only the layer asked for are not the statement's result.
    return hasReturning(statement.node)
      ? { ...result, rows: result.rows.map((row) => withoutPlaced(row)) }
      : {
          ...result,
          numAffectedRows: result.numAffectedRows ?? BigInt(result.rows.length),
          rows: [],
        }
  }
}

function readTags(analysis: Analysis | undefined): readonly string[] {
  if (analysis === undefined) return [everything]
  const tags = new Set(analysis.opaque === 'no' ? [] : [everything])
  for (const { table, equals } of analysis.reads) {
    const placed = equals && valueTag(equals.column, equals.value)
    if (placed === undefined) tags.add(tableTag(table))
    else tags.add(unplacedTag(table)).add(placed)
  }
  return [...tags]
}

/** The tag columns that the statement does not tell by itself, where the dialect can return them. */
function placedColumns(
  write: TableWrite | undefined,
  capabilities: Capabilities,
): readonly AnyBoundColumn[] {
  if (write === undefined || !write.outermost || !capabilities.returning) return []
  const columns = tagColumns(write.table, capabilities)
  if (write.kind === 'insert') {
    // After ON CONFLICT the row in the table need not be the one in the statement.
    if (write.assigned.size > 0 || write.rows === undefined) return columns
    return columns.filter((column) => !write.rows?.every((row) => row.has(column)))
  }
  return columns.filter((column) => !write.equals.has(column) || write.assigned.has(column))
}

function withReturning(
  node: RootOperationNode,
  write: TableWrite | undefined,
  columns: readonly AnyBoundColumn[],
): RootOperationNode {
  if (
    write === undefined ||
    !(InsertQueryNode.is(node) || UpdateQueryNode.is(node) || DeleteQueryNode.is(node))
  )
    return node
  const added = columns.map((column, index) =>
    SelectionNode.create(
      AliasNode.create(
        ReferenceNode.create(ColumnNode.create(column.name), TableNode.create(write.sqlName)),
        IdentifierNode.create(`${prefix}${index}`),
      ),
    ),
  )
  const selections = [...(node.returning?.selections ?? []), ...added]
  return Object.freeze({ ...node, returning: ReturningNode.create(selections) })
}

type Placed = ReadonlyMap<AnyBoundColumn, unknown>

function takePlaced(
  rows: readonly unknown[],
  columns: readonly AnyBoundColumn[],
  dialect: DialectPackage,
): readonly Placed[] {
  if (columns.length === 0) return []
  const codecs = columns.map((column) => dialect.codecs(column.facts.type))
  return rows.slice(0, maximumPlacedRows + 1).map((row) => {
    const record = row as Readonly<Record<string, unknown>> // cast: rows are objects by column name
    return new Map(
      columns.map((column, index) => {
        const raw = record[`${prefix}${index}`] ?? null
        return [column, raw === null ? null : codecs[index]?.decode(raw)]
      }),
    )
  })
}

interface WriteContext {
  readonly schema: Schema
  readonly capabilities: Capabilities
  readonly asked: readonly AnyBoundColumn[]
  readonly placed: readonly Placed[]
}

function writeTags(write: TableWrite, context: WriteContext): ReadonlySet<string> {
  const { table } = write
  const tags = new Set([tableTag(table)])
  if (write.kind !== 'insert')
    for (const child of changedByKeys(write, context.schema))
      tags.add(tableTag(child)).add(unplacedTag(child))
  const rows = changedRows(write, context)
  const columns = tagColumns(table, context.capabilities)
  const added =
    rows === undefined || rows.length > maximumPlacedRows
      ? undefined
      : placedTags(rows, columns, table)
  // An old value that nobody knows may have been any value.
  const old =
    write.kind === 'insert' && write.assigned.size === 0
      ? []
      : columns.filter((column) => write.assigned.has(column) && !write.equals.has(column))
  if (added === undefined || old.length > 0) tags.add(unplacedTag(table))
  for (const tag of added ?? []) tags.add(tag)
  for (const [column, value] of write.equals) {
    const tag = isTagColumn(column, context.capabilities) ? valueTag(column, value) : undefined
    if (tag !== undefined) tags.add(tag)
  }
  return tags
}

/** What is known of each changed row; undefined when a tag column's value is not. */
function changedRows(
  write: TableWrite,
  { asked, placed, capabilities }: WriteContext,
): readonly Placed[] | undefined {
  const columns = tagColumns(write.table, capabilities)
  const complete = (row: Placed): boolean => columns.every((column) => row.has(column))
  if (write.kind === 'insert' && write.assigned.size === 0 && write.rows !== undefined) {
    const rows = write.rows.map((row, index) => new Map([...row, ...(placed[index] ?? [])]))
    return rows.every(complete) ? rows : undefined
  }
  const known: Placed = write.kind === 'insert' ? new Map() : write.equals
  if (asked.length === 0) return complete(known) && write.kind !== 'insert' ? [known] : undefined
  if (!write.outermost) return undefined
  const rows = placed.map((row) => new Map([...known, ...row]))
  return rows.every(complete) ? rows : undefined
}

function placedTags(
  rows: readonly Placed[],
  columns: readonly AnyBoundColumn[],
  table: TableFacts,
): readonly string[] | undefined {
  const tags = new Set<string>()
  for (const row of rows) {
    for (const column of columns) {
      const value = row.get(column)
      // No read is placed by `= NULL`.
      if (value === null) continue
      const tag = valueTag(column, value)
      if (tag === undefined) return undefined
      tags.add(tag)
    }
  }
  return table.name === '' ? undefined : [...tags]
}

/** Tables whose rows the database changes by itself: cascades and nulls of foreign keys, as far as they reach. */
function changedByKeys(write: TableWrite, schema: Schema): ReadonlySet<TableFacts> {
  const reached = new Set<TableFacts>()
  const visit = (parent: TableFacts, kind: 'update' | 'delete'): void => {
    for (const child of schema.keys.keys()) {
      for (const { target, onDelete, onUpdate, column } of foreignKeys(child)) {
        if (target.table !== parent) continue
        const action = kind === 'delete' ? onDelete : onUpdate
        if (action === 'no action' || action === 'restrict') continue
        if (kind === 'update' && parent === write.table && !write.assigned.has(target)) continue
        const isNew = !reached.has(child)
        reached.add(child)
        // Rows that vanish take their own children along; a changed key is a change for those that refer to it.
        if (isNew && (action === 'cascade' || column.facts.primaryKey))
          visit(child, kind === 'delete' && action === 'cascade' ? 'delete' : 'update')
      }
    }
  }
  visit(write.table, write.kind === 'delete' ? 'delete' : 'update')
  return reached
}

function foreignKeys(table: TableFacts): readonly {
  readonly column: AnyBoundColumn
  readonly target: AnyBoundColumn
  readonly onDelete: string
  readonly onUpdate: string
}[] {
  const declared = [...table.columns.values()].flatMap((column) => {
    const { references } = column.facts
    return references === undefined
      ? []
      : [{ columns: [column], references: [references.column()], options: references.options }]
  })
  const composite = table.constraints().filter((one) => one.kind === 'foreignKey')
  return [...declared, ...composite].flatMap(({ columns, references, options }) =>
    columns.flatMap((column, index) => {
      const target = references[index]
      if (target === undefined) return []
      return [
        {
          column,
          target,
          onDelete: options.onDelete ?? 'no action',
          onUpdate: options.onUpdate ?? 'no action',
        },
      ]
    }),
  )
}

function hasReturning(node: RootOperationNode): boolean {
  return 'returning' in node && node.returning !== undefined
}

function withoutPlaced(row: unknown): unknown {
  // cast: rows are objects by column name
  return Object.fromEntries(
    Object.entries(row as object).filter(([name]) => !name.startsWith(prefix)),
  )
}
