/** What objects depend on, from `pg_depend`. */

import { placed } from './names.ts'

/**
 * Keys of tables, objects, enums and primary keys that something depends on.
 *
 * @param own A condition over `d`, the rows of `pg_depend` that are its own.
 */
export function needs(own: string, namespace: string): string {
  const relation = placed('r.relname', 'r.relnamespace')
  const type = placed('y.typname', 'y.typnamespace')
  return `(select coalesce(json_agg(distinct k.key), '[]') from (
    select case when r.relkind = 'v' then 'view ' when r.relkind = 'm' then 'materialized view ' when r.relispartition then 'partition ' else 'table ' end || ${relation} as key
      from pg_depend d join pg_class r on r.oid = d.refobjid
      where ${own} and d.refclassid = 'pg_class'::regclass and r.relkind in ('r', 'p', 'v', 'm') and r.relnamespace = ${namespace}
    union all select 'function ' || ${placed('f.proname', 'f.pronamespace')} || '(' || pg_get_function_identity_arguments(f.oid) || ')'
      from pg_depend d join pg_proc f on f.oid = d.refobjid where ${own} and d.refclassid = 'pg_proc'::regclass and f.pronamespace = ${namespace}
    union all select 'primary key ' || ${relation} from pg_depend d join pg_constraint x on x.oid = d.refobjid and x.contype = 'p' join pg_class r on r.oid = x.conrelid
      where ${own} and d.refclassid = 'pg_constraint'::regclass
    union all select case when r.relkind = 'v' then 'view ' || ${relation} when r.relkind = 'm' then 'materialized view ' || ${relation}
        when r.relispartition then 'partition ' || ${relation} when r.relkind in ('r', 'p') then 'table ' || ${relation}
        when y.typtype = 'd' then 'domain ' || ${type} when y.typtype = 'e' then 'enum ' || ${type} when y.typtype in ('c', 'r') then 'type ' || ${type} end
      from pg_depend d join pg_type y0 on y0.oid = d.refobjid
      join pg_type y on y.oid = case when y0.typelem <> 0 and y0.typcategory = 'A' then y0.typelem else y0.oid end
      left join pg_class r on r.oid = nullif(y.typrelid, 0)
      where ${own} and d.refclassid = 'pg_type'::regclass
  ) k where k.key is not null)`
}

/** The columns of tables that something depends on, by table. */
export function columnsRead(own: string): string {
  return `(select coalesce(json_object_agg(k.name, k.columns order by k.name), '{}') from (
    select ${placed('r.relname', 'r.relnamespace')} as name, json_agg(distinct a.attname order by a.attname) as columns
      from pg_depend d join pg_class r on r.oid = d.refobjid join pg_attribute a on a.attrelid = r.oid and a.attnum = d.refobjsubid
      where ${own} and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and r.relkind in ('r', 'p') group by 1) k)`
}

/** The dependencies of one row of a catalog. */
export function dependenciesOf(catalog: string, oid: string): string {
  return `d.classid = '${catalog}'::regclass and d.objid = ${oid}`
}

/** A view's are those of the rule by which it is read. */
export const ofView: string = `d.classid = 'pg_rewrite'::regclass and d.objid in (select w.oid from pg_rewrite w where w.ev_class = c.oid)`
