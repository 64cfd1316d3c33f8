/** Triggers by which PostgreSQL tells of changes, whoever makes them; a notification leaves with the commit, or never. */

import { createHash } from 'node:crypto'
import { quoteText, type RunSql, type WatchedTable } from '@mizan/db'

export const channel = 'mizan_changes'
/** In this setting a session says which dialect package it belongs to. */
export const originSetting = 'mizan.origin'

const functionName = 'mizan_tell_change'
const prefix = 'mizan_tell_'

/**
 * The arguments are `t` and `v:column` or `t:column` (text) for each tag column. More than 64 values of one column, a text that
 * has no tag of its own, or more than a notification holds is told as a change that cannot be placed.
 */
const tellChange = `create or replace function ${functionName}() returns trigger language plpgsql as $mizan$
declare
  tags text[] := array[tg_argv[0]];
  is_wide boolean := tg_op = 'TRUNCATE';
  changed text;
  name text;
  value text;
  is_any boolean;
  found text[];
begin
  if not is_wide then
    changed := case tg_op
      when 'INSERT' then 'select * from mizan_new'
      when 'DELETE' then 'select * from mizan_old'
      else 'select * from mizan_old union all select * from mizan_new' end;
    execute 'select exists (' || changed || ')' into is_any;
    if not is_any then return null; end if;
    for i in 1 .. tg_nargs - 1 loop
      name := substr(tg_argv[i], 3);
      value := case substr(tg_argv[i], 1, 1)
        when 't' then format('case when length(%1$I) <= 200 then rtrim(%1$I::text, '' '') end', name)
        else format('%I::text', name) end;
      execute format('select array_agg(value) from (select distinct %s as value from (%s) as rows where %I is not null limit 65) as few', value, changed, name)
        into found;
      is_wide := is_wide or cardinality(found) > 64 or array_position(found, null) is not null;
      tags := tags || array(select tg_argv[0] || ':' || name || '=' || one from unnest(found) as one);
    end loop;
  end if;
  if coalesce(is_wide, false) or octet_length(to_json(tags)::text) > 7800 then
    tags := array[tg_argv[0], tg_argv[0] || ':*'];
  end if;
  perform pg_notify('${channel}', json_build_object('origin', current_setting('${originSetting}', true), 'tags', tags)::text);
  return null;
end $mizan$`

interface Trigger {
  /** In quotes, behind its schema. */
  readonly table: string
  readonly name: string
}

interface WantedTrigger extends Trigger {
  /** What the schema of the application calls the table. */
  readonly told: string
  readonly create: string
}

const events = [
  ['insert', 'referencing new table as mizan_new'],
  ['update', 'referencing old table as mizan_old new table as mizan_new'],
  ['delete', 'referencing old table as mizan_old'],
  ['truncate', ''],
] as const

/** @param run on a connection of its own, outside of transactions */
export async function installTriggers(run: RunSql, tables: readonly WatchedTable[]): Promise<void> {
  if ((await missingTriggers(run, tables)).length === 0) return
  await run('begin')
  try {
    // Others that start at the same time wait, and find it done.
    await run(`select pg_advisory_xact_lock(hashtext('${functionName}'))`)
    const there = await readTriggers(run)
    const wanted = await wantedTriggers(run, tables)
    await run(tellChange)
    for (const { table, name } of there) {
      if (!wanted.some((one) => one.table === table && one.name === name))
        await run(`drop trigger ${quote(name)} on ${table}`)
    }
    for (const { table, name, create } of wanted)
      if (!there.some((one) => one.table === table && one.name === name)) await run(create)
    await run('commit')
  } catch (error) {
    await run('rollback').catch(() => undefined)
    throw error
  }
}

/** The tables that have not all of their triggers. */
export async function missingTriggers(
  run: RunSql,
  tables: readonly WatchedTable[],
): Promise<readonly string[]> {
  const there = await readTriggers(run)
  const wanted = await wantedTriggers(run, tables)
  const lacking = wanted.filter(
    ({ table, name }) => !there.some((one) => one.table === table && one.name === name),
  )
  return [...new Set(lacking.map(({ told }) => told))]
}

export async function removeTriggers(run: RunSql): Promise<void> {
  await run(`drop function if exists ${functionName}() cascade`)
}

/** Of tables that exist; views tell of nothing, their tables do. */
async function wantedTriggers(
  run: RunSql,
  tables: readonly WatchedTable[],
): Promise<readonly WantedTrigger[]> {
  const rows =
    await run(`select c.relname as name, n.nspname as schema, pg_table_is_visible(c.oid) as is_visible
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`)
  return tables.flatMap((table) => {
    const found = rows.find(
      (row) =>
        row['name'] === table.name &&
        (table.schema === undefined ? row['is_visible'] === true : row['schema'] === table.schema),
    )
    return found === undefined ? [] : triggersOf(qualified(found['schema'], table.name), table)
  })
}

function qualified(schema: unknown, name: string): string {
  return `${quote(String(schema))}.${quote(name)}`
}

function triggersOf(table: string, watched: WatchedTable): WantedTrigger[] {
  const { tag, columns, schema } = watched
  const told = schema === undefined ? watched.name : `${schema}.${watched.name}`
  const given = [tag, ...columns.map(({ name, isText }) => `${isText ? 't' : 'v'}:${name}`)]
  const args = given.map(quoteText).join(', ')
  // Another text of the function, or other columns, make other triggers.
  const hash = createHash('sha256').update(`${tellChange}${args}`).digest('hex').slice(0, 10)
  return events.map(([event, referencing]) => {
    const name = `${prefix}${event}_${hash}`
    const create =
      `create trigger ${quote(name)} after ${event} on ${table} ${referencing} ` +
      `for each statement execute function ${functionName}(${args})`
    return { table, told, name, create }
  })
}

async function readTriggers(run: RunSql): Promise<readonly Trigger[]> {
  const rows = await run(`select n.nspname as schema, c.relname as "table", t.tgname as name
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_proc p on p.oid = t.tgfoid
    where not t.tgisinternal and starts_with(t.tgname, '${prefix}') and pg_function_is_visible(p.oid)`)
  return rows.map((row) => ({
    table: qualified(row['schema'], String(row['table'])),
    name: String(row['name']),
  }))
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
