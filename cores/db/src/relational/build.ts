/** A nested query as one statement. */

import { type Kysely, type OperationNode, ValueNode } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { setNodeCodec } from '../query/node-codec.ts'
import { cursorNode } from './cursor.ts'
import { rowDecoder } from './decode.ts'
import type { Level, PlannedLink, RelatedLevel } from './level.ts'
import {
  call,
  joined,
  jsonArray,
  type Loose,
  type LooseQuery,
  nested,
  own,
  scalar,
  reference,
  wrap,
} from './nodes.ts'
import { orderNodes } from './order.ts'
import { isUnique } from './unique-rows.ts'

/** What queries are built with. */
export interface BuildContext {
  readonly kysely: Kysely<Loose>
  readonly dialect: DialectPackage
}

/** What a query selects beside the rows' own members. */
export interface HiddenColumns {
  /** The row's place in the order. */
  readonly cursor?: true
  /** The canonical text of columns of the row. */
  readonly keys?: readonly {
    readonly name: string
    readonly link: OperationNode
    readonly codec: PlannedLink['inner']
  }[]
  /** At most so many rows as the level's limit for each value of these links. */
  readonly partition?: RelatedLevel
}

/** The query of the outermost level. */
export function buildQuery(
  level: Level,
  context: BuildContext,
  hidden: HiddenColumns = {},
): LooseQuery {
  const builder = new Builder(context)
  const source = builder.source(level, hidden)
  let { query } = source
  query = query.select(level.fields.map((field) => wrap(source.member(field)).as(field.name)))
  for (const { name, link, codec } of hidden.keys ?? []) {
    const text = nested(
      source.isDerived ? reference(level.alias, name) : link,
      codec.facts.type,
      context.dialect,
    )
    query = query.select(() => wrap(setNodeCodec(text, asItIs)).as(name))
  }
  if (hidden.cursor === true) {
    const node = source.isDerived
      ? reference(level.alias, cursorName)
      : cursorNode({ ...level, dialect: context.dialect })
    query = query.select(() => wrap(node).as(cursorName))
  }
  for (const related of [...level.relations, ...level.counts]) {
    if (related.strategy === 'split') continue
    const { join, value } = builder.relation(related, level.alias)
    query = join(query)
    query = query.select(() =>
      wrap(setNodeCodec(value, rowDecoder(related, context.dialect))).as(memberName(related)),
    )
  }
  query = source.order.reduce<LooseQuery>((current, one) => current.orderBy(wrap(one)), query)
  return source.isDerived ? query : paged(query, level)
}

/** Under this name a row's cursor is selected. */
export const cursorName = 'mizan:cursor'
const place = 'mizan:n'
const asItIs = { encode: (value: unknown) => value, decode: (raw: unknown) => raw }

/** The name of a relation's value in the outermost row; counts stand beside relations of the same name. */
export function memberName({ name, kind }: RelatedLevel): string {
  return kind === 'count' ? `mizan:count:${name}` : name
}

/** The rows of a level before they are selected. */
interface Source {
  readonly query: LooseQuery
  readonly order: readonly OperationNode[]
  /** Its limit has been applied. */
  readonly isDerived: boolean
  member(field: Level['fields'][number]): OperationNode
  link(index: number): OperationNode
}

class Builder {
  readonly #context: BuildContext
  #names = 0

  constructor(context: BuildContext) {
    this.#context = context
  }

  /** A level's rows. With relations, its limit is applied before they are fetched. */
  source(
    level: Level,
    { partition, cursor, keys }: HiddenColumns = {},
    related?: RelatedLevel,
  ): Source {
    const { dialect, kysely } = this.#context
    const rows = this.#rows(level, related ?? partition)
    const order =
      level.isOneRow && related === undefined && partition === undefined
        ? []
        : orderNodes(level.order, dialect)
    const isPaged = level.limit !== undefined || level.offset !== undefined
    const hasInner = level.relations.length + level.counts.length > 0
    const isLookUp = related !== undefined && partition === undefined
    const derives =
      isPaged &&
      (partition !== undefined ||
        (isLookUp ? dialect.json.nestedLimit === 'subquery' : hasInner && !level.isOneRow))
    const links = (partition ?? related)?.links ?? []
    if (!derives) {
      return {
        query: rows,
        order,
        isDerived: false,
        member: (field) => field.node,
        link: (index) => linkNode(links[index]),
      }
    }
    let inner = rows.selectAll(level.alias)
    for (const field of level.fields)
      if (field.isExtra) inner = inner.select(() => wrap(field.node).as(field.name))
    if (cursor === true)
      inner = inner.select(() => wrap(cursorNode({ ...level, dialect })).as(cursorName))
    for (const { name, link } of keys ?? []) inner = inner.select(() => wrap(link).as(name))
    if (partition !== undefined)
      for (const [index, link] of links.entries())
        inner = inner.select(() => wrap(linkNode(link)).as(`mizan:k${index}`))
    const isSingle = level.limit === 1 && partition === undefined
    if (!isSingle)
      inner = inner.select(() =>
        wrap(rowNumber(order, partition === undefined ? [] : links.map(linkNode))).as(place),
      )
    if (partition === undefined) {
      inner = order.reduce<LooseQuery>((current, one) => current.orderBy(wrap(one)), inner)
      inner = paged(inner, level)
    }
    // cast: rows are not typed here
    let query = kysely.selectFrom(() => inner.as(level.alias) as never) as unknown as LooseQuery
    const at = reference(level.alias, place)
    if (partition !== undefined) {
      const { limit, offset = 0 } = level
      const between = limit === undefined ? [' > ', ''] : [' > ', ' and ', ' <= ', '']
      const nodes =
        limit === undefined
          ? [at, literal(offset)]
          : [at, literal(offset), at, literal(offset + limit)]
      query = query.where(wrap(own(['', ...between], nodes)) as never) // cast: a condition
    }
    return {
      query,
      order: isSingle ? [] : [at],
      isDerived: true,
      member: (field) => reference(level.alias, field.name),
      link: (index) => reference(level.alias, `mizan:k${index}`),
    }
  }

  /** How a relation is joined, and the expression that is its value. */
  relation(
    related: RelatedLevel,
    outer: string,
  ): { join: (query: LooseQuery) => LooseQuery; value: OperationNode } {
    const stay = (query: LooseQuery): LooseQuery => query
    if (related.strategy === 'correlated')
      return { join: stay, value: scalar(this.#lookUp(related, outer)) }
    const name = `j${this.#names++}`
    // A node of its own: the value's codec belongs to this place.
    const value = own(['', ''], [reference(name, 'value')])
    if (related.strategy === 'lateral') {
      const looked = this.#lookUp(related, outer)
      return {
        join: (query) => query.leftJoinLateral(looked.as(name), (on) => on.onTrue()) as LooseQuery,
        value,
      } // cast: rows are not typed here
    }
    const groups = this.#groups(related)
    const join = (query: LooseQuery): LooseQuery =>
      query.leftJoin(groups.as(name), (on) =>
        related.links.reduce(
          (current, link, index) =>
            current.onRef(`${name}.k${index}` as never, '=', `${outer}.${link.outer.key}` as never),
          on,
        ),
      ) as LooseQuery // cast: rows are not typed here
    return { join, value }
  }

  /** A subquery that gives the related rows of one outer row as one value. */
  #lookUp(related: RelatedLevel, outer: string): LooseQuery {
    const { level, kind } = related
    const source = this.source(correlated(level, related, outer), {}, related)
    if (kind === 'count') return source.query.select(() => wrap(own(['count(*)'])).as('value'))
    const { query, row } = this.#row(level, source)
    if (kind === 'one') {
      const first = isUnique(related.links.map((link) => link.inner))
        ? query
        : source.order.reduce<LooseQuery>((current, one) => current.orderBy(wrap(one)), query)
      return first.select(() => wrap(row).as('value')).limit(wrap<number>(literal(1)))
    }
    const isPaged = !source.isDerived && (level.limit !== undefined || level.offset !== undefined)
    const limit = isPaged
      ? ` limit ${level.offset ?? 0}, ${level.limit ?? '18446744073709551615'}`
      : ''
    return query.select(() => wrap(this.#aggregate(row, source.order, limit)).as('value'))
  }

  /** A subquery that gives the related rows of all outer rows, one value for each key. */
  #groups(related: RelatedLevel): LooseQuery {
    const { level, kind, links } = related
    // One row of each: the first.
    const isFirst = kind === 'one' && !isUnique(links.map((link) => link.inner))
    const source = this.source(
      isFirst ? { ...level, limit: 1 } : level,
      { partition: related },
      related,
    )
    const { query, row } =
      kind === 'count' ? { query: source.query, row: undefined } : this.#row(level, source)
    const keys = links.map((_, index) => source.link(index))
    const value = row === undefined ? own(['count(*)']) : this.#aggregate(row, source.order, '')
    const selected = query
      .select(() => keys.map((key, index) => wrap(key).as(`k${index}`)))
      .select(() => wrap(value).as('value'))
    return keys.reduce<LooseQuery>((current, key) => current.groupBy(wrap(key)), selected)
  }

  /** The members of a row by position. */
  #row(level: Level, source: Source): { query: LooseQuery; row: OperationNode } {
    const { dialect } = this.#context
    let { query } = source
    const values: OperationNode[] = level.fields.map((field) =>
      nested(source.member(field), field.type, dialect),
    )
    for (const related of [...level.relations, ...level.counts]) {
      const { join, value } = this.relation(related, level.alias)
      query = join(query)
      values.push(value)
    }
    return { query, row: jsonArray(values, dialect) }
  }

  /** The rows in their order, with their number: who cuts the text on the way is found out. */
  #aggregate(row: OperationNode, order: readonly OperationNode[], limit: string): OperationNode {
    const { aggregate, array } = this.#context.dialect.json
    const commas = order.map((_, index) => (index === 0 ? ' order by ' : ', '))
    const all = own([`${aggregate}(`, ...commas, `${limit})`], [row, ...order])
    return call(array, [own(['count(*)']), all])
  }

  #rows(level: Level, related: RelatedLevel | undefined): LooseQuery {
    const { kysely } = this.#context
    // cast: rows are not typed here
    let rows = kysely.selectFrom(`${level.key} as ${level.alias}`) as LooseQuery
    const { junction } = related ?? {}
    if (junction !== undefined) {
      rows = rows.innerJoin(`${junction.key} as ${junction.alias}`, (on) =>
        junction.on.reduce(
          (current, { left, right }) =>
            current.on(wrap(own(['', ' = ', ''], [left, right])) as never),
          on,
        ),
      ) as LooseQuery // cast: rows are not typed here
    }
    return level.where.reduce<LooseQuery>((current, one) => current.where(wrap(one) as never), rows) // cast: a condition
  }
}

/** The level with the conditions that tie it to one outer row. */
function correlated(level: Level, { links }: RelatedLevel, outer: string): Level {
  const ties = links.map((link) =>
    own(['', ' = ', ''], [linkNode(link), reference(outer, link.outer.key)]),
  )
  return { ...level, where: [...ties, ...level.where] }
}

function linkNode(link: PlannedLink | undefined): OperationNode {
  if (link === undefined) throw new TypeError('a relation has more keys than links')
  return reference(link.alias, link.inner.key)
}

function rowNumber(
  order: readonly OperationNode[],
  partition: readonly OperationNode[],
): OperationNode {
  const by = partition.length === 0 ? [] : [own(['partition by ', ''], [joined(partition, ', ')])]
  const sorted = order.length === 0 ? [] : [own(['order by ', ''], [joined(order, ', ')])]
  return own(['row_number() over (', ')'], [joined([...by, ...sorted], ' ')])
}

function literal(value: number): OperationNode {
  return ValueNode.createImmediate(value)
}

/** The limit stands in the text: who plans a prepared statement has to know how few rows are wanted. */
function paged(query: LooseQuery, level: Level): LooseQuery {
  let current = query
  if (level.limit !== undefined) current = current.limit(wrap<number>(literal(level.limit)))
  // SQLite and MySQL take no OFFSET without a LIMIT.
  else if (level.offset !== undefined)
    current = current.limit(wrap<number>(literal(Number.MAX_SAFE_INTEGER)))
  return level.offset === undefined ? current : current.offset(level.offset)
}
