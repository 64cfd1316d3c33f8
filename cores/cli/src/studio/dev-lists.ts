/** What a program that `mizan dev` runs has asked of its database: the last statements, and the slowest. */

import { type DevQuery, readDevQueries } from '../dev/queries.ts'
import type { QueryList } from './engine.ts'

/** Statements that are shown of each list. */
const shown = 50

/** The lists; one with a note while `mizan dev` runs nothing. */
export async function devLists(root: string): Promise<readonly QueryList[]> {
  const queries = await readDevQueries(root)
  if (queries === undefined || queries.length === 0)
    return [
      {
        title: 'Queries of mizan dev',
        columns: [],
        rows: [],
        note:
          queries === undefined
            ? 'none; a server that mizan dev runs tells of its own here'
            : 'the server has asked nothing since it was started',
      },
    ]
  return [lastOf(queries), slowestOf(queries)]
}

function lastOf(queries: readonly DevQuery[]): QueryList {
  return {
    title: 'Last queries of mizan dev',
    columns: ['at', 'ms', 'rows', 'query'],
    rows: queries
      .slice(0, shown)
      .map(({ at, milliseconds, rows, error, sql }) => [
        new Date(at).toISOString().slice(11, 23),
        milliseconds.toFixed(1),
        error ?? (rows === undefined ? null : String(rows)),
        sql,
      ]),
  }
}

function slowestOf(queries: readonly DevQuery[]): QueryList {
  const bySql = new Map<string, DevQuery[]>()
  for (const query of queries) {
    const all = bySql.get(query.sql)
    if (all === undefined) bySql.set(query.sql, [query])
    else all.push(query)
  }
  const sums = [...bySql].map(([sql, all]) => {
    const total = all.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    const most = all.reduce((max, { milliseconds }) => Math.max(max, milliseconds), 0)
    return { sql, calls: all.length, mean: total / all.length, most, total }
  })
  return {
    title: 'Slowest queries of mizan dev',
    columns: ['mean ms', 'longest ms', 'calls', 'total ms', 'query'],
    rows: sums
      .toSorted((a, b) => b.mean - a.mean)
      .slice(0, shown)
      .map(({ sql, calls, mean, most, total }) => [
        mean.toFixed(1),
        most.toFixed(1),
        String(calls),
        total.toFixed(1),
        sql,
      ]),
  }
}
