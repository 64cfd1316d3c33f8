/** What objects depend on, from one walk over `pg_depend`. */

import { type Namespace, placed } from './names.ts'
import type { DependencyRow } from './rows.ts'

/** Catalogs of objects that depend on others; a composite type does so as a class. */
const catalogs = ['pg_rewrite', 'pg_trigger', 'pg_policy', 'pg_proc', 'pg_type', 'pg_class']

/** Numbers below are those of the server's own objects. */
const firstOwn = 16_384

/** The number of a row among those of all catalogs. */
export function numberOf(catalog: string, oid: string): string {
  return `('${catalog}'::regclass::oid::bigint << 32 | ${oid}::bigint)`
}

/** One row for each dependency; `id` is the {@link numberOf} what has it. */
export function dependencyQuery({ sql: namespace }: Namespace): string {
  const nameOf = (alias: string): string => placed(`${alias}.relname`, `${alias}.relnamespace`)
  const relation = (alias: string): string =>
    `case when ${alias}.relkind = 'v' then 'view ' when ${alias}.relkind = 'm' then 'materialized view ' when ${alias}.relispartition then 'partition ' else 'table ' end || ${nameOf(alias)}`
  const type = placed('y.typname', 'y.typnamespace')
  return `select json_build_object('id', d.classid::bigint << 32 | d.objid::bigint, 'table', case when a.attname is not null and r.relkind in ('r', 'p') then ${nameOf('r')} end, 'column', a.attname, 'key', case
      when r.oid is not null then ${relation('r')}
      when f.oid is not null then 'function ' || ${placed('f.proname', 'f.pronamespace')} || '(' || pg_get_function_identity_arguments(f.oid) || ')'
      when k.oid is not null then 'primary key ' || ${nameOf('k')}
      when t.relkind in ('v', 'm', 'r', 'p') then ${relation('t')}
      when y.typtype = 'd' then 'domain ' || ${type} when y.typtype = 'e' then 'enum ' || ${type} when y.typtype in ('c', 'r') then 'type ' || ${type} end) as facts
    from pg_depend d
    left join pg_class r on d.refclassid = 'pg_class'::regclass and r.oid = d.refobjid and r.relkind in ('r', 'p', 'v', 'm') and r.relnamespace = ${namespace}
    left join pg_attribute a on a.attrelid = r.oid and a.attnum = d.refobjsubid and d.refobjsubid > 0
    left join pg_proc f on d.refclassid = 'pg_proc'::regclass and f.oid = d.refobjid and f.pronamespace = ${namespace}
    left join pg_constraint x on d.refclassid = 'pg_constraint'::regclass and x.oid = d.refobjid and x.contype = 'p'
    left join pg_class k on k.oid = x.conrelid
    left join pg_type o on d.refclassid = 'pg_type'::regclass and o.oid = d.refobjid
    left join pg_type y on y.oid = case when o.typelem <> 0 and o.typcategory = 'A' then o.typelem else o.oid end
    left join pg_class t on t.oid = nullif(y.typrelid, 0)
    where d.refobjid >= ${firstOwn} and d.classid in (${catalogs.map((name) => `'${name}'::regclass`).join(', ')})
      and coalesce(r.oid, f.oid, k.oid, y.oid) is not null`
}

/** What one object depends on. */
export interface Dependencies {
  /** Keys of tables, objects, enums and primary keys. */
  readonly needs: readonly string[]
  /** Columns by table. */
  readonly columns: Readonly<Record<string, readonly string[]>>
}

/** Looks dependencies up by the numbers of what has them. */
export function dependenciesIn(
  rows: readonly DependencyRow[],
): (...ids: readonly (number | null)[]) => Dependencies {
  const byId = new Map<number, DependencyRow[]>()
  for (const row of rows) {
    const known = byId.get(row.id)
    if (known === undefined) byId.set(row.id, [row])
    else known.push(row)
  }
  return (...ids) => {
    const own = ids.flatMap((id) => (id === null ? [] : (byId.get(id) ?? [])))
    const columns = new Map<string, Set<string>>()
    for (const { table, column } of own) {
      if (table === null || column === null) continue
      columns.set(table, (columns.get(table) ?? new Set()).add(column))
    }
    return {
      needs: [...new Set(own.flatMap(({ key }) => key ?? []))].toSorted(),
      columns: Object.fromEntries(
        [...columns]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([table, names]) => [table, [...names].toSorted()]),
      ),
    }
  }
}
