/** Comments on what is carried by its own text. */

import { type Namespace, notOwned, placed } from './names.ts'

/** One row for each comment; `on` is the word of COMMENT ON, `key` that of the object. */
export function commentQuery({ sql: namespace }: Namespace): string {
  const relation = placed('c.relname', 'c.relnamespace')
  const ofRelation = `c.relnamespace = ${namespace} and c.relname not like 'mizan\\_%' and ${notOwned('pg_class', 'c.oid')}`
  const kind = `case when c.relkind = 'v' then 'view' when c.relkind = 'm' then 'materialized view' when c.relkind = 'S' then 'sequence' when c.relispartition then 'partition' end`
  const signature = `${placed('p.proname', 'p.pronamespace')} || '(' || pg_get_function_identity_arguments(p.oid) || ')'`
  const type = placed('t.typname', 't.typnamespace')
  const parts = [
    // An identity column's sequence is part of the column.
    `select ${kind} as "on", ${kind} || ' ' || ${relation} as key, null as "table", ${relation} as name, a.attname as "column", null as arguments, d.description as text
      from pg_description d join pg_class c on c.oid = d.objoid left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
      where d.classoid = 'pg_class'::regclass and ${ofRelation} and (c.relkind in ('v', 'm', 'S') or c.relispartition)
        and not exists (select from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i' and c.relkind = 'S')`,
    `select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, 'function ' || ${signature}, null,
        ${placed('p.proname', 'p.pronamespace')}, null, pg_get_function_identity_arguments(p.oid), d.description
      from pg_description d join pg_proc p on p.oid = d.objoid
      where d.classoid = 'pg_proc'::regclass and p.pronamespace = ${namespace} and p.proname not like 'mizan\\_%' and ${notOwned('pg_proc', 'p.oid')}
        and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')`,
    `select 'trigger', 'trigger ' || ${relation} || '.' || g.tgname, ${relation}, g.tgname, null, null, d.description
      from pg_description d join pg_trigger g on g.oid = d.objoid join pg_class c on c.oid = g.tgrelid
      where d.classoid = 'pg_trigger'::regclass and not g.tgisinternal and g.tgname not like 'mizan\\_%' and g.tgparentid = 0 and ${ofRelation}`,
    `select 'policy', 'policy ' || ${relation} || '.' || y.polname, ${relation}, y.polname, null, null, d.description
      from pg_description d join pg_policy y on y.oid = d.objoid join pg_class c on c.oid = y.polrelid
      where d.classoid = 'pg_policy'::regclass and ${ofRelation}`,
    `select 'rule', 'rule ' || ${relation} || '.' || w.rulename, ${relation}, w.rulename, null, null, d.description
      from pg_description d join pg_rewrite w on w.oid = d.objoid join pg_class c on c.oid = w.ev_class
      where d.classoid = 'pg_rewrite'::regclass and w.rulename <> '_RETURN' and ${ofRelation}`,
    `select case t.typtype when 'd' then 'domain' else 'type' end, case t.typtype when 'd' then 'domain ' when 'e' then 'enum ' else 'type ' end || ${type}, null, ${type}, null, null, d.description
      from pg_description d join pg_type t on t.oid = d.objoid left join pg_class c on c.oid = t.typrelid
      where d.classoid = 'pg_type'::regclass and t.typnamespace = ${namespace} and (t.typtype in ('d', 'e', 'r') or c.relkind = 'c') and ${notOwned('pg_type', 't.oid')}`,
  ]
  return `select to_json(m) as facts from (${parts.join(' union all ')}) as m order by m.key, m."column"`
}
