/** SQLite in the studio. */

import { longest, type PlanNode, type StudioEngine } from '../engine.ts'

export const sqliteEngine: StudioEngine = Object.freeze<StudioEngine>({
  begin: ['pragma query_only = on', 'begin'],
  text: (column) =>
    `case typeof(${column}) when 'blob' then 'x''' || substr(hex(${column}), 1, ${longest}) || '''' else substr(cast(${column} as text), 1, ${longest + 1}) end`,
  contains: (column, parameter) => `instr(cast(${column} as text), ${parameter}) > 0`,
  canRun: false,
  async explain(run, sql) {
    const rows = await run(`explain query plan ${sql}`)
    const below = (parent: number): readonly PlanNode[] =>
      rows
        .filter((row) => Number(row['parent']) === parent && Number(row['id']) !== parent)
        .map((row) => ({
          label: String(row['detail']),
          facts: [],
          children: below(Number(row['id'])),
        }))
    return { label: 'Query', facts: [], children: below(0) }
  },
  queries: [
    () =>
      Promise.resolve({
        title: 'Queries',
        columns: [],
        rows: [],
        note: 'SQLite keeps no list of queries; mizan dev tells of those of the server that it runs',
      }),
  ],
})
