/** Triggers and views of a PostgreSQL database: by their name where the search path finds them, and behind their schema's. */

import type { HiddenRelations, RunSql } from '@mizan/db'

/** Triggers of Mizan itself change no rows, nor do those of foreign keys that nobody declared. */
export async function hiddenRelations(run: RunSql): Promise<HiddenRelations> {
  const rows =
    await run(`select c.relname as name, n.nspname as schema, pg_table_is_visible(c.oid) as is_visible,
      c.relkind in ('v', 'm', 'f') as is_view
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and (
      c.relkind in ('v', 'm', 'f')
      or exists (select 1 from pg_catalog.pg_trigger t
        where t.tgrelid = c.oid and not t.tgisinternal and not starts_with(t.tgname, 'mizan_'))
      or exists (select 1 from pg_catalog.pg_rewrite r where r.ev_class = c.oid and c.relkind = 'r'))`)
  const named = (isView: boolean): string[] =>
    rows
      .filter((row) => row['is_view'] === isView)
      .flatMap((row) => [
        ...(row['is_visible'] === true ? [String(row['name'])] : []),
        `${String(row['schema'])}.${String(row['name'])}`,
      ])
  return { triggered: named(false), views: named(true) }
}
