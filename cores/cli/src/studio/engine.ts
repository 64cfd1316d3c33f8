/** What the studio must know of a database besides its dialect: how to only read, how to show values, how it explains. */

import type { RunSql } from '@mizan/db'

/** One node of a plan. */
export interface PlanNode {
  readonly label: string
  /** Name and value, in the order in which they matter. */
  readonly facts: readonly (readonly [string, string])[]
  readonly children: readonly PlanNode[]
}

/** A list of queries: of those that run, or of those that took long. */
export interface QueryList {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Why there are none, or what is left out. */
  readonly note?: string
}

/** The facts of one database. */
export interface StudioEngine {
  /** Statements that begin a transaction in which nothing can be written; `rollback` ends it. */
  readonly begin: readonly string[]
  /** A value as text, cut after {@link longest} characters. */
  text(column: string): string
  /** Whether a column has a parameter in its text. */
  contains(column: string, parameter: string): string
  /** @throws StudioRefusal for a statement that is not explained; @param runs Whether it is run, too. */
  explain(run: RunSql, sql: string, runs: boolean): Promise<PlanNode>
  /** Whether a statement can be run to be explained, in a transaction that writes nothing. */
  readonly canRun: boolean
  /** What runs now and what has taken long; each list is asked for in a transaction of its own. */
  readonly queries: readonly ((run: RunSql) => Promise<QueryList>)[]
}

/** Characters of a value that are shown. */
export const longest = 300

/** What was asked for is not done; the message says why. */
export class StudioRefusal extends Error {
  override readonly name = 'StudioRefusal'
}

/**
 * One statement that reads, without the semicolon at its end.
 *
 * @throws StudioRefusal for anything else. A semicolon anywhere is refused, in texts too: what no database can take for the
 *   end of a statement cannot hide a second one.
 */
export function assertOneSelect(text: string): string {
  const sql = text.trim().replace(/;$/, '').trimEnd()
  if (sql.includes(';'))
    throw new StudioRefusal('One statement at a time, and no semicolon in it, not even in a text')
  if (sql.includes('\0')) throw new StudioRefusal('The statement has a NUL character in it')
  if (!/^(select|with|values|table)\b/i.test(sql))
    throw new StudioRefusal('Only SELECT, WITH, VALUES and TABLE are explained')
  return sql
}
