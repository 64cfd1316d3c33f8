/** PostgreSQL in the studio. */

import type { RunSql } from '@mizan/db'
import {
  longest,
  type PlanNode,
  type QueryList,
  type StudioEngine,
  StudioRefusal,
} from '../engine.ts'

export const postgresEngine: StudioEngine = Object.freeze<StudioEngine>({
  begin: [
    'begin transaction read only',
    `set local statement_timeout = '5s'`,
    `set local lock_timeout = '1s'`,
    `set local idle_in_transaction_session_timeout = '10s'`,
  ],
  text: (column) => `left(${column}::text, ${longest + 1})`,
  contains: (column, parameter) => `position(${parameter}::text in ${column}::text) > 0`,
  canRun: true,
  async explain(run, sql, runs) {
    if (runs) await assertHarmless(run, sql)
    // Parameters of a statement that was copied from a log have no values.
    const generic = !runs && /\$\d/.test(sql) ? ', generic_plan' : ''
    const [row] = await run(
      `explain (format json${runs ? ', analyze, buffers' : ''}${generic}) ${sql}`,
    )
    const given = row?.['QUERY PLAN']
    const plans = (typeof given === 'string' ? JSON.parse(given) : given) as readonly Plans[] // cast: FORMAT JSON
    const root = plans[0]?.Plan
    if (root === undefined) throw new StudioRefusal('The server gave no plan')
    return toNode(root)
  },
  queries: [runningNow, slowest],
})

interface Plans {
  readonly Plan?: Plan
}

type Plan = Readonly<Record<string, unknown>>

/**
 * Functions may act outside of the transaction. The transaction itself refuses what writes to this database, however it is
 * hidden; this refuses, by name, what its author has marked as acting.
 */
async function assertHarmless(run: RunSql, sql: string): Promise<void> {
  if (/--|\/\*|u&/i.test(sql))
    throw new StudioRefusal('A statement that is run may have no comments and no U& names')
  // PostgreSQL lets this one through, and only our rollback would take it back.
  if (/\binto\b/i.test(sql)) throw new StudioRefusal('SELECT … INTO is not run')
  const names = [...sql.matchAll(/("(?:[^"]|"")+"|[\w$\u0080-\uffff]+)\s*\(/gu)].map(
    ([, name = '']) =>
      name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  )
  const rows = await run(
    `select distinct proname as name from pg_catalog.pg_proc where provolatile = 'v' and proname = any($1::text[]) order by 1`,
    [[...new Set(names)]],
  )
  if (rows.length === 0) return
  const found = rows.map((row) => String(row['name'])).join(', ')
  throw new StudioRefusal(
    `It is not run, because it calls what may act (volatile): ${found}. It can be explained without`,
  )
}

const shown = [
  ['Actual Rows', 'rows'],
  ['Plan Rows', 'expected rows'],
  ['Actual Total Time', 'ms'],
  ['Actual Loops', 'loops'],
  ['Total Cost', 'cost'],
  ['Index Cond', 'index condition'],
  ['Hash Cond', 'hash condition'],
  ['Merge Cond', 'merge condition'],
  ['Join Filter', 'join filter'],
  ['Filter', 'filter'],
  ['Rows Removed by Filter', 'rows removed'],
  ['Sort Key', 'sorted by'],
  ['Group Key', 'grouped by'],
] as const

function toNode(plan: Plan): PlanNode {
  const text = (name: string): string => {
    const value = plan[name]
    return Array.isArray(value) ? value.join(', ') : String(value)
  }
  const place = ['Relation Name', 'Index Name', 'CTE Name', 'Function Name']
    .filter((name) => plan[name] !== undefined)
    .map(text)
  const alias = plan['Alias'] === plan['Relation Name'] ? undefined : plan['Alias']
  const children = (plan['Plans'] ?? []) as readonly Plan[] // cast: FORMAT JSON
  return {
    label: [
      plan['Join Type'] === undefined ? undefined : `${text('Join Type')} Join:`,
      text('Node Type'),
      place.length === 0 ? undefined : `on ${place.join(' by ')}`,
      alias === undefined ? undefined : `as ${text('Alias')}`,
    ]
      .filter((one) => one !== undefined)
      .join(' '),
    facts: shown.flatMap(([name, word]) =>
      plan[name] === undefined ? [] : [[word, text(name)] as const],
    ),
    children: children.map(toNode),
  }
}

async function runningNow(run: RunSql): Promise<QueryList> {
  const rows = await run(
    `select pid::text, application_name, state, wait_event, left(query, 500) as query,
      round(extract(epoch from now() - query_start) * 1000)::text as ms
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
    order by query_start desc nulls last limit 100`,
  )
  return {
    title: 'Sessions, and the last query of each',
    columns: ['process', 'application', 'state', 'waits for', 'began ms ago', 'query'],
    rows: rows.map((row) =>
      ['pid', 'application_name', 'state', 'wait_event', 'ms', 'query'].map((name) =>
        textOf(row[name]),
      ),
    ),
  }
}

async function slowest(run: RunSql): Promise<QueryList> {
  const title = 'Slowest queries (pg_stat_statements)'
  const columns = ['mean ms', 'calls', 'total ms', 'rows', 'query']
  const [there] = await run(`select to_regclass('pg_stat_statements')::text as name`)
  const name = there?.['name']
  if (typeof name !== 'string')
    return {
      title,
      columns,
      rows: [],
      note: 'The extension pg_stat_statements is not there: shared_preload_libraries = pg_stat_statements, then CREATE EXTENSION pg_stat_statements',
    }
  const rows = await run(
    `select round(mean_exec_time::numeric, 2)::text as mean, calls::text, round(total_exec_time::numeric)::text as total,
      rows::text, left(query, 500) as query
    from ${name} where dbid = (select oid from pg_database where datname = current_database())
    order by mean_exec_time desc limit 50`,
  )
  return {
    title,
    columns,
    rows: rows.map((row) =>
      ['mean', 'calls', 'total', 'rows', 'query'].map((column) => textOf(row[column])),
    ),
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
