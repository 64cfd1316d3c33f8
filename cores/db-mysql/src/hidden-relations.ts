/** Triggers and views of a MySQL database. */

import type { HiddenRelations, RunSql } from '@mizan/db'

/** Who may not see triggers is told of none: the login needs the TRIGGER privilege where there are some. */
export async function hiddenRelations(run: RunSql): Promise<HiddenRelations> {
  const triggers = await run(
    'select distinct event_object_table as name from information_schema.triggers where event_object_schema = database()',
  )
  const views = await run(
    'select table_name as name from information_schema.views where table_schema = database()',
  )
  const named = (rows: readonly Record<string, unknown>[]): string[] =>
    rows.map((row) => String(row['name']))
  return { triggered: named(triggers), views: named(views) }
}
