/** The catalog query of rights: of whoever does not own what they are on, and of owners, marked as such. */

import { type Namespace, notOwned, placed } from './names.ts'

/** One row for each thing and role; every result is one column `facts` of JSON. */
export function grantQuery({ sql: namespace, isTemporary }: Namespace): string {
  const ours = (name: string): string => `${name} not like 'mizan\\_%'`
  const inside = `c.relnamespace = ${namespace} and ${ours('c.relname')} and ${notOwned('pg_class', 'c.oid')}`
  const table = placed('c.relname', 'c.relnamespace')
  const ofRelation = `case when c.relispartition then 'partition' when c.relkind = 'v' then 'view' when c.relkind = 'm' then 'materialized view' else 'table' end`
  const own = placed('o.relname', 'o.relnamespace')
  // thing, its name, column and arguments, owner, rights, those it was born with, and which default privileges it gets
  const relations = `select ${ofRelation}, ${table}, null::name, null, c.relowner, c.relacl, acldefault('r', c.relowner), 'r'::"char", c.relnamespace
    from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and ${inside}`
  const columns = `select ${ofRelation}, ${table}, a.attname, null, c.relowner, a.attacl, null, null, c.relnamespace
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attacl is not null and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and ${inside}`
  const sequences = `select case when o.oid is null then 'sequence' else 'counter' end, case when o.oid is null then ${table} else ${own} end, a.attname, null,
      c.relowner, c.relacl, acldefault('s', c.relowner), 'S', c.relnamespace
    from pg_class c left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
    left join pg_class o on o.oid = d.refobjid left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where c.relkind = 'S' and ${inside}`
  const functions = `select 'function', ${placed('p.proname', 'p.pronamespace')}, null, pg_get_function_identity_arguments(p.oid), p.proowner, p.proacl, acldefault('f', p.proowner), 'f', p.pronamespace
    from pg_proc p where p.pronamespace = ${namespace} and ${ours('p.proname')} and ${notOwned('pg_proc', 'p.oid')}
      and not exists (select from pg_aggregate g where g.aggfnoid = p.oid and g.aggkind <> 'n')
      and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')`
  const types = `select case t.typtype when 'e' then 'enum' when 'd' then 'domain' else 'type' end, ${placed('t.typname', 't.typnamespace')}, null, null,
      t.typowner, t.typacl, acldefault('T', t.typowner), 'T', t.typnamespace
    from pg_type t left join pg_class c on c.oid = t.typrelid
    where t.typnamespace = ${namespace} and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and ${ours('t.typname')} and ${notOwned('pg_type', 't.oid')}`
  const schemas = `select 'schema', case when n.oid = current_schema()::regnamespace then '' else n.nspname end, null, null,
      n.nspowner, n.nspacl, coalesce(i.initprivs, acldefault('n', n.nspowner)), 'n', 0
    from pg_namespace n left join pg_init_privs i on i.classoid = 'pg_namespace'::regclass and i.objoid = n.oid where n.oid = ${namespace}`
  const born = `(select e.grantee, e.privilege_type from aclexplode(coalesce(
        (select x.defaclacl from pg_default_acl x where x.defaclrole = t.owner and x.defaclnamespace = 0 and x.defaclobjtype = t.kind), t.born)) e
      union all select e.grantee, e.privilege_type from pg_default_acl x, aclexplode(x.defaclacl) e
        where x.defaclrole = t.owner and x.defaclnamespace = t.place and t.place <> 0 and x.defaclobjtype = t.kind)`
  const isIn = (list: string, one: string): string =>
    `exists (select from ${list} as s where s.grantee = ${one}.grantee and s.privilege_type = ${one}.privilege_type)`
  return `with things(thing, name, part, arguments, owner, rights, born, kind, place) as (
      ${[relations, columns, sequences, functions, types, schemas].join('\n      union all ')})
    select json_build_object('on', t.thing, 'name', t.name, 'column', t.part, 'arguments', t.arguments,
        'to', case g.grantee when 0 then 'public' else pg_get_userbyid(g.grantee) end, 'revoked', g.revoked,
        'privileges', g.privileges, 'grantable', g.grantable, 'implied', g.implied) as facts
    from things t cross join lateral (
      select r.grantee, r.revoked, json_agg(r.privilege order by r.privilege) as privileges,
        coalesce(json_agg(r.privilege order by r.privilege) filter (where r.grantable), '[]') as grantable,
        coalesce(json_agg(r.privilege order by r.privilege) filter (where r.implied), '[]') as implied
      from (
        select a.grantee, false as revoked, lower(a.privilege_type) as privilege, bool_or(a.is_grantable) as grantable,
          a.grantee = t.owner or ${isIn(born, 'a')} as implied
        from aclexplode(coalesce(t.rights, t.born)) a
        where a.grantee = t.owner or not ${isIn('aclexplode(t.born)', 'a')}
        group by a.grantee, a.privilege_type
        union all
        select b.grantee, true, lower(b.privilege_type), false, not ${isIn(born, 'b')}
        from aclexplode(t.born) b where b.grantee = 0 and t.rights is not null and not ${isIn('aclexplode(t.rights)', 'b')}
      ) r group by r.grantee, r.revoked) g
    where ${!isTemporary} order by t.thing, t.name, t.part, t.arguments, g.grantee`
}
