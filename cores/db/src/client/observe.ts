/** The layer that turns statements into data tags. */

import type { QueryResult } from 'kysely'
import { ConnectionError } from '../errors.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Analysis, KnownValues, TableWrite } from '../query/analysis.ts'
import { everything, tableTag, tagColumns } from '../query/tags.ts'
import type { HiddenEffects } from '../schema/hidden-effects.ts'
import type { Schema } from '../schema/schema.ts'
import { noted } from './noted.ts'
import { needsOldRows, selectOldRows } from './old-rows.ts'
import { observeKeyed, readTags } from './read-tags.ts'
import { hasReturning, tagName, takeTags, withoutTags, withReturning } from './returned-tags.ts'
import type { Statement, StatementLayer } from './statement.ts'
import type { ClientJoin } from './scope-port.ts'
import type { DbEventTarget } from './events.ts'
import { type KnownRows, untoldColumns, writeTags } from './write-tags.ts'

/** What the layer works with. */
export interface ObserveOptions {
  readonly schema: Schema
  readonly hidden: HiddenEffects
  readonly dialect: DialectPackage
  readonly join: () => ClientJoin
  readonly events: DbEventTarget
}

/** Tells the run what a statement reads before it runs, and what it wrote when that is committed. */
export function observe({ schema, hidden, dialect, join, events }: ObserveOptions): StatementLayer {
  /** What a statement changed, by what is known of the rows of each write. */
  const changedBy = (
    analysis: Analysis | undefined,
    rowsOf: (write: TableWrite) => Partial<KnownRows>,
  ): ReadonlySet<string> => {
    const tags = new Set(isOpaque(analysis) ? [everything] : [])
    const facts = { schema, capabilities: dialect.capabilities, hidden }
    for (const write of analysis?.writes ?? []) {
      const { returned, old } = rowsOf(write)
      for (const tag of writeTags(write, { ...facts, returned, old })) tags.add(tag)
    }
    return tags
  }
  const observeChange = async (
    statement: Statement,
    next: Parameters<StatementLayer>[1],
    isNoted = false,
  ): Promise<QueryResult<unknown>> => {
    const { port, changed } = join()
    const scope = port()
    const { analysis } = statement
    const writes = analysis?.writes ?? []
    const own = writes.find((write) => write.outermost)
    const asked =
      own === undefined || !dialect.capabilities.returning
        ? []
        : untoldColumns(own, dialect.capabilities)
    let old: readonly KnownValues[] | undefined
    const tell = async (rows: readonly unknown[] | undefined): Promise<void> => {
      const returned = rows && asked.length > 0 ? takeTags(rows, asked, dialect) : undefined
      const list = [...changedBy(analysis, (write) => (write === own ? { returned, old } : {}))]
      statement.session.whenCommitted({
        writes: list,
        tell() {
          scope?.observe({ reads: [], writes: list })
          events.emit('commit', { writes: list })
        },
      })
      // Of a transaction its commit tells.
      if (scope === undefined && !isNoted && !statement.session.inTransaction) await changed?.(list)
    }
    const table = dialect.capabilities.returningByAlias ? own?.sqlName : undefined
    const sent =
      own === undefined || asked.length === 0
        ? statement
        : { ...statement, node: withReturning(statement.node, asked, table) }
    // Outside of a transaction they could be others a moment later.
    if (own !== undefined && statement.session.inTransaction)
      old = await readOldRows(statement, own, { dialect, next })
    const result = await next(sent).catch(async (error: unknown) => {
      // The answer was lost, not necessarily the change; and what was noted commits by itself, perhaps before it fails.
      if (isNoted || (error instanceof ConnectionError && !statement.session.inTransaction))
        await tell(undefined)
      throw error
    })
    // Rows that were added to them meanwhile are not among those that were locked.
    if (Number(result.numAffectedRows ?? result.rows.length) !== old?.length) old = undefined
    await tell(result.rows)
    if (asked.length === 0) return result
    // Rows that only the layer asked for are not the statement's result.
    return hasReturning(statement.node)
      ? { ...result, rows: result.rows.map((row) => withoutTags(row)) }
      : {
          ...result,
          numAffectedRows: result.numAffectedRows ?? BigInt(result.rows.length),
          rows: [],
        }
  }
  return (statement, next) => {
    const { port, changed } = join()
    const scope = port()
    const { analysis } = statement
    const isHeard = scope !== undefined || changed !== undefined || events.has('commit')
    const isChange = isOpaque(analysis) || (analysis?.writes.length ?? 0) > 0
    if (scope !== undefined) {
      const { certain, keyed } = readTags(analysis, hidden)
      const isAsked = scope.usesReads !== false && !certain.has(everything)
      if (isAsked && !isChange && keyed.length > 0 && statement.isStream !== true)
        return observeKeyed(statement, next, { scope, certain, keyed, dialect })
      for (const { table } of keyed) certain.add(tableTag(table))
      if (certain.size > 0) scope.observe({ reads: [...certain], writes: [] })
    }
    if (!isHeard || !isChange) return next(statement)
    const tags = (): readonly string[] => [...changedBy(analysis, () => ({}))]
    return noted(statement, { join: join(), dialect, tags }, (isNoted) =>
      observeChange(statement, next, isNoted),
    )
  }
}

function isOpaque(analysis: Analysis | undefined): boolean {
  return analysis === undefined || analysis.opaque === 'write'
}

async function readOldRows(
  statement: Statement,
  write: TableWrite,
  {
    dialect,
    next,
  }: { readonly dialect: DialectPackage; readonly next: Parameters<StatementLayer>[1] },
): Promise<readonly KnownValues[] | undefined> {
  if (!needsOldRows(write, dialect.capabilities)) return undefined
  const columns = tagColumns(write.table, dialect.capabilities)
  const node = selectOldRows(statement.node, statement.analysis, {
    write,
    columns,
    nameOf: tagName,
    lock: dialect.observation?.rowLock,
  })
  if (node === undefined) return undefined
  const { rows } = await next({ ...statement, node })
  return takeTags(rows, columns, dialect)
}
