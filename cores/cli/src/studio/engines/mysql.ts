/** MySQL and MariaDB in the studio. */

import type { RunSql } from '@mizan/db'
import {
  longest,
  type PlanNode,
  type QueryList,
  type StudioEngine,
  StudioRefusal,
} from '../engine.ts'

export const mysqlEngine: StudioEngine = Object.freeze<StudioEngine>({
  begin: [
    // MariaDB reads the first comment, in seconds; MySQL the second, in milliseconds.
    'set session /*M!100101 max_statement_time = 5 */ /*!50708 max_execution_time = 5000 */',
    'start transaction read only',
  ],
  text: (column) => `left(convert(${column} using utf8mb4), ${longest + 1})`,
  contains: (column, parameter) => `locate(${parameter}, convert(${column} using utf8mb4)) > 0`,
  // INTO OUTFILE and locks are not part of a transaction here.
  canRun: false,
  async explain(run, sql) {
    if (/\binto\b/i.test(sql)) throw new StudioRefusal('SELECT … INTO is not explained')
    if (/\/\*/.test(sql)) throw new StudioRefusal('Comments may be statements here; leave them out')
    const [row = {}] = await run(`explain format=json ${sql}`)
    const plan = JSON.parse(String(Object.values(row)[0])) as unknown
    return toNode('Query', plan)
  },
  queries: [runningNow, slowest],
})

/** Both servers nest objects and lists in ways of their own: names become labels, values facts. */
function toNode(label: string, value: unknown): PlanNode {
  if (typeof value !== 'object' || value === null)
    return { label: `${label}: ${String(value)}`, facts: [], children: [] }
  const entries = Object.entries(value)
  const isNested = ([, one]: readonly [string, unknown]): boolean =>
    typeof one === 'object' && one !== null && !isList(one)
  return {
    label: label.replaceAll('_', ' '),
    facts: entries
      .filter((entry) => !isNested(entry))
      .map(([name, one]) => [
        name.replaceAll('_', ' '),
        isList(one) ? one.join(', ') : String(one),
      ]),
    children: entries
      .filter(isNested)
      .map(([name, one]) => toNode(Array.isArray(value) ? label : name, one)),
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.every((one) => typeof one !== 'object')
}

async function runningNow(run: RunSql): Promise<QueryList> {
  const rows = await run(
    `select id, user, command, state, time, left(info, 500) as query from information_schema.processlist
    where db = database() and id <> connection_id() order by time desc limit 100`,
  )
  return {
    title: 'Sessions',
    columns: ['connection', 'user', 'command', 'state', 'seconds', 'query'],
    rows: rows.map((row) => Object.values(row).map(textOf)),
  }
}

async function slowest(run: RunSql): Promise<QueryList> {
  const rows = await run(
    `select round(avg_timer_wait / 1000000000, 2) as mean, count_star as calls, sum_rows_sent as sent, left(digest_text, 500) as query
    from performance_schema.events_statements_summary_by_digest where schema_name = database()
    order by avg_timer_wait desc limit 50`,
  )
  return {
    title: 'Slowest queries (performance_schema)',
    columns: ['mean ms', 'calls', 'rows', 'query'],
    rows: rows.map((row) => Object.values(row).map(textOf)),
    ...(rows.length === 0
      ? { note: 'performance_schema is off, or has seen nothing yet (performance_schema = on)' }
      : {}),
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
