/** What a view reads, from the text in which the server keeps it: every name in it is quoted and placed. */

import { type SqlToken, sqlTokens } from '@mizan/db'

/** Names of tables and views, and the columns of each. */
export type ReadColumns = ReadonlyMap<string, ReadonlySet<string>>

/** @param schema The database, without quotes. */
export function readsOf(query: string, schema: string): ReadColumns {
  const tokens = sqlTokens(query)
  const name = (place: number): string | undefined => quotedName(tokens[place])
  const isDot = (place: number): boolean => tokens[place]?.text === '.'
  const reads = new Map<string, Set<string>>()
  const aliases = new Map<string, string>()
  const placed = new Set<number>()
  for (const place of tokens.keys()) {
    const relation = name(place + 2)
    if (name(place) !== schema || !isDot(place + 1) || relation === undefined) continue
    if (isDot(place - 1)) continue
    placed.add(place).add(place + 2)
    const own = reads.get(relation) ?? new Set()
    reads.set(relation, own)
    const column = isDot(place + 3) ? name(place + 4) : undefined
    const alias = isDot(place + 3) ? undefined : name(place + 3)
    if (column !== undefined) own.add(column)
    if (alias !== undefined) aliases.set(alias, relation)
  }
  for (const place of tokens.keys()) {
    const relation = aliases.get(name(place) ?? '')
    const column = name(place + 2)
    if (relation === undefined || placed.has(place) || !isDot(place + 1)) continue
    if (column !== undefined && !isDot(place - 1)) reads.get(relation)?.add(column)
  }
  return reads
}

function quotedName(token: SqlToken | undefined): string | undefined {
  return token?.isQuoted === true ? token.name : undefined
}
