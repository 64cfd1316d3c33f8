/** Triggers and views of a SQLite database. */

import type { HiddenRelations, RunSql } from '@mizan/db'

export async function hiddenRelations(run: RunSql): Promise<HiddenRelations> {
  const rows = await run(
    `select distinct type, tbl_name as name from sqlite_schema where type in ('trigger', 'view') and name not like 'mizan\\_%' escape '\\'`,
  )
  const named = (type: string): string[] =>
    rows.filter((row) => row['type'] === type).map((row) => String(row['name']))
  return { triggered: named('trigger'), views: named('view') }
}
