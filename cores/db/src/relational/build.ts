/** A nested query as one statement: every relation is a correlated subquery that gives JSON. */

import {
  type Expression,
  ExpressionWrapper,
  type Kysely,
  type OperationNode,
  RawNode,
  type SelectQueryBuilder,
  sql,
  type SqlBool,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { markOwn, setNodeCodec } from '../query/node-codec.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import { rowDecoder } from './decode.ts'
import type { Level, RelatedLevel } from './plan.ts'

type Loose = Record<string, Record<string, unknown>>
type LooseQuery = SelectQueryBuilder<Loose, string, Record<string, unknown>>

/** What queries are built with. */
export interface BuildContext {
  readonly kysely: Kysely<Loose>
  readonly dialect: DialectPackage
}

/** The query of the outermost level. */
export function buildQuery(level: Level, context: BuildContext): LooseQuery {
  const builder = new Builder(context)
  const alias = builder.nextAlias()
  let query = context.kysely.selectFrom(`${level.key} as ${alias}`) as LooseQuery // cast: rows are not typed here
  query = query.select(level.columns.map((column) => `${alias}.${column.key} as ${column.key}`))
  for (const related of level.relations) {
    const node = builder.relation(related, alias)
    setNodeCodec(node, rowDecoder(related, context.dialect))
    query = query.select(() => wrap(node).as(related.name))
  }
  return paged(ordered(filtered(query, level), level, alias), level)
}

class Builder {
  readonly #context: BuildContext
  #aliases = 0

  constructor(context: BuildContext) {
    this.#context = context
  }

  /** A table may occur more than once. */
  nextAlias(): string {
    return `r${this.#aliases++}`
  }

  /** A subquery that gives one row as a JSON array, or all rows as an array of those. */
  relation(related: RelatedLevel, outer: string): RawNode {
    const { level, on, kind } = related
    const { kysely, dialect } = this.#context
    const alias = this.nextAlias()
    let rows = kysely.selectFrom(`${level.key} as ${alias}`) as LooseQuery // cast: rows are not typed here
    for (const { outer: theirs, inner } of on)
      rows = rows.whereRef(`${alias}.${inner.key}`, '=', `${outer}.${theirs.key}`)
    rows = filtered(rows, level)
    const row = this.#row(level, alias)
    if (kind === 'one') return parenthesized(rows.select(() => wrap(row).as('value')).limit(1))

    const isLimited = level.limit !== undefined || level.offset !== undefined
    if (isLimited && dialect.json.nestedLimit === 'subquery') {
      const inner = paged(
        ordered(
          rows.select(() => wrap(row).as('value')),
          level,
          alias,
        ),
        level,
      )
      const all = this.nextAlias()
      const value = sql.ref(`${all}.value`).toOperationNode()
      const aggregated = kysely.selectFrom(() => inner.as(all) as never) as unknown as LooseQuery // cast: rows are not typed here
      return parenthesized(aggregated.select(() => wrap(this.#aggregate(value, '')).as('value')))
    }
    const order = [...level.orderBy.map((one) => one.toOperationNode()), ...keyOrder(level, alias)]
    const limit = isLimited
      ? ` limit ${level.offset ?? 0}, ${level.limit ?? '18446744073709551615'}`
      : ''
    return parenthesized(rows.select(() => wrap(this.#aggregate(row, limit, order)).as('value')))
  }

  /** The columns and relations of a row by position; more than a function may take are nested in chunks. */
  #row(level: Level, alias: string): OperationNode {
    const { dialect } = this.#context
    const values = [
      ...level.columns.map((column) => nested(column, alias, dialect)),
      ...level.relations.map((related) => this.relation(related, alias)),
    ]
    const { maximumArguments, array } = dialect.json
    const make = (nodes: readonly OperationNode[]): RawNode => call(array, nodes)
    if (values.length <= maximumArguments) return make(values)
    const chunks: OperationNode[] = []
    for (let at = 0; at < values.length; at += maximumArguments)
      chunks.push(make(values.slice(at, at + maximumArguments)))
    return make(chunks)
  }

  #aggregate(value: OperationNode, limit: string, order: readonly OperationNode[] = []): RawNode {
    const { aggregate } = this.#context.dialect.json
    const commas = order.map((_, index) => (index === 0 ? ' order by ' : ', '))
    const fragments = [`coalesce(${aggregate}(`, ...commas, `${limit}), '[]')`]
    return markOwn(RawNode.create(fragments, [value, ...order]))
  }
}

function nested(column: AnyBoundColumn, alias: string, dialect: DialectPackage): OperationNode {
  const reference = sql.ref(`${alias}.${column.key}`)
  const codec = dialect.codecs(column.facts.type)
  return markOwn((codec.nest?.(reference) ?? reference).toOperationNode() as RawNode) // cast: nest() writes SQL
}

function filtered(query: LooseQuery, level: Level): LooseQuery {
  return level.where === undefined ? query : query.where(level.where as Expression<SqlBool>) // cast: a condition
}

/** The primary key makes an order total: equal rows never change places between two pages. */
function ordered(query: LooseQuery, level: Level, alias: string): LooseQuery {
  const all = [...level.orderBy, ...keyOrder(level, alias).map(wrap)]
  return all.reduce<LooseQuery>(
    (current, one) => current.orderBy(one as Expression<unknown>),
    query,
  ) // cast: an order
}

function keyOrder(level: Level, alias: string): readonly OperationNode[] {
  const key = level.table.constraints().find((one) => one.kind === 'primaryKey')
  const columns =
    key?.columns ?? [...level.table.columns.values()].filter((column) => column.facts.primaryKey)
  return columns.map((column) => markOwn(sql.ref(`${alias}.${column.key}`).toOperationNode()))
}

function paged(query: LooseQuery, level: Level): LooseQuery {
  let current = query
  if (level.limit !== undefined) current = current.limit(level.limit)
  // SQLite and MySQL take no OFFSET without a LIMIT.
  else if (level.offset !== undefined) current = current.limit(sql.lit(Number.MAX_SAFE_INTEGER))
  return level.offset === undefined ? current : current.offset(level.offset)
}

function call(name: string, values: readonly OperationNode[]): RawNode {
  const fragments = [`${name}(`, ...values.slice(1).map(() => ', '), ')']
  return markOwn(RawNode.create(values.length === 0 ? [`${name}()`] : fragments, values))
}

function parenthesized(query: LooseQuery): RawNode {
  return markOwn(RawNode.create(['(', ')'], [query.toOperationNode()]))
}

function wrap(node: OperationNode): ExpressionWrapper<Loose, string, unknown> {
  return new ExpressionWrapper<Loose, string, unknown>(node)
}
