/** Runs a planned query: one statement, and one more for each relation that is split off. */

import { inArray } from '../query/operators.ts'
import {
  buildQuery,
  type BuildContext,
  cursorName,
  type HiddenColumns,
  memberName,
} from './build.ts'
import { toCursor } from './cursor.ts'
import type { Level, RelatedLevel } from './level.ts'
import { reference, wrap } from './nodes.ts'

type Row = Record<string, unknown>

/** Keys of one statement; more are asked for in several. */
const keysAtOnce = 5000

/** The rows of a level, with those of its relations. */
export async function findRows(
  level: Level,
  context: BuildContext,
  hidden: HiddenColumns = {},
): Promise<Row[]> {
  const splits = level.relations.filter((one) => one.strategy === 'split')
  const outer = splits.flatMap((related, at) =>
    related.links.map((link, index) => ({
      name: `mizan:o${at}:${index}`,
      link: reference(level.alias, link.outer.key),
      codec: link.outer,
    })),
  )
  const keys = [...(hidden.keys ?? []), ...outer]
  const rows = (await buildQuery(level, context, { ...hidden, keys }).execute()) as Row[] // cast: rows are objects by column name
  for (const [at, related] of splits.entries()) await attach(rows, related, at, context)
  for (const row of rows) for (const { name } of outer) delete row[name]
  return assembled(rows, level)
}

/** Counts become one member. */
export function assembled(rows: Row[], { counts }: Level): Row[] {
  if (counts.length === 0) return rows
  for (const row of rows) {
    const counted: Row = {}
    for (const related of counts) {
      counted[related.name] = row[memberName(related)]
      delete row[memberName(related)]
    }
    row['_count'] = counted
  }
  return rows
}

async function attach(
  rows: readonly Row[],
  related: RelatedLevel,
  at: number,
  context: BuildContext,
): Promise<void> {
  const { links, level, kind, name } = related
  const keyOf = (row: Row, prefix: string): string | undefined => {
    const values = links.map((_, index) => row[`${prefix}${index}`] ?? null)
    return values.includes(null) ? undefined : JSON.stringify(values.map(String))
  }
  const wanted = new Map<string, Row>()
  for (const row of rows) {
    const key = keyOf(row, `mizan:o${at}:`)
    if (key !== undefined) wanted.set(key, row)
  }
  const found = new Map<string, Row[]>()
  const all = [...wanted.values()]
  for (let start = 0; start < all.length; start += keysAtOnce) {
    const chunk = all.slice(start, start + keysAtOnce)
    const restriction = links.map((link, index) => {
      const codec = context.dialect.codecs(link.inner.facts.type)
      const values = new Set(
        chunk.map((row) => (codec.decodeNested ?? codec.decode)(row[`mizan:o${at}:${index}`])),
      )
      return inArray(wrap<unknown>(reference(link.alias, link.inner.key)), [
        ...values,
      ]).toOperationNode()
    })
    const keys = links.map((link, index) => ({
      name: `mizan:i${index}`,
      link: reference(link.alias, link.inner.key),
      codec: link.inner,
    }))
    const restricted = { ...level, where: [...restriction, ...level.where], isOneRow: false }
    const first = kind === 'one' ? { ...restricted, limit: 1 } : restricted
    for (const row of await findRows(first, context, { keys, partition: related })) {
      const key = keyOf(row, 'mizan:i') ?? ''
      for (const { name: hiddenName } of keys) delete row[hiddenName]
      const list = found.get(key)
      if (list === undefined) found.set(key, [row])
      else list.push(row)
    }
  }
  for (const row of rows) {
    const key = keyOf(row, `mizan:o${at}:`)
    const own = key === undefined ? [] : (found.get(key) ?? [])
    row[name] = kind === 'one' ? (own[0] ?? null) : own
  }
}

/** Takes the cursors out of rows; gives that of the row at `index`, where there is one. */
export function takeCursors(rows: readonly Row[], index: number, level: Level): string | undefined {
  const raw = rows[index]?.[cursorName]
  for (const row of rows) delete row[cursorName]
  return raw === undefined ? undefined : toCursor(raw, level)
}
