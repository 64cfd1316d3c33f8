/** Triggers and views of a MySQL server: those of the connection's database by their name, all behind their database's. */

import type { HiddenRelations, RunSql } from '@mizan/db'

const systemSchemas = "'mysql', 'sys', 'performance_schema', 'information_schema'"

/** Who may not see triggers is told of none: the login needs the TRIGGER privilege where there are some. */
export async function hiddenRelations(run: RunSql): Promise<HiddenRelations> {
  const triggers = await run(
    `select distinct event_object_schema as place, event_object_table as name, event_object_schema = database() as is_own
      from information_schema.triggers where event_object_schema not in (${systemSchemas})`,
  )
  const views = await run(
    `select table_schema as place, table_name as name, table_schema = database() as is_own
      from information_schema.views where table_schema not in (${systemSchemas})`,
  )
  const named = (rows: readonly Record<string, unknown>[]): string[] =>
    rows.flatMap((row) => [
      ...(Number(row['is_own']) === 1 ? [String(row['name'])] : []),
      `${String(row['place'])}.${String(row['name'])}`,
    ])
  return { triggered: named(triggers), views: named(views) }
}
