/** The catalog queries of introspection: one for each kind of thing, whatever the number of tables. */

import { commentQuery } from './comment-query.ts'
import { dependencyQuery, numberOf } from './dependencies.ts'
import { grantQuery } from './grant-query.ts'
import { type Namespace, notOwned, placed, placedSql, schemaOf } from './names.ts'

const [ofRelation, ofType, ofFunction] = ['c.relnamespace', 't.typnamespace', 'p.pronamespace']
const [relationName, typeName, functionName] = [
  placed('c.relname', ofRelation),
  placed('t.typname', ofType),
  placed('p.proname', ofFunction),
]

/** The queries, as SQL over a namespace. Every result is one column `facts` of JSON. */
export function catalogQueries(place: Namespace): Readonly<Record<QueryName, string>> {
  const { sql: namespace, isTemporary } = place
  const relation = `c.relnamespace = ${namespace} and c.relname not like 'mizan\\_%' and ${notOwned('pg_class', 'c.oid')}`
  const columns = (keys: string, table: string): string =>
    `(select coalesce(json_agg(a.attname order by k.n), '[]') from unnest(${keys}) with ordinality k(num, n)
      join pg_attribute a on a.attrelid = ${table} and a.attnum = k.num)`
  return {
    tables: `select json_build_object('name', ${relationName}, 'schema', ${schemaOf(ofRelation)}, 'partitionBy', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
        'comment', obj_description(c.oid, 'pg_class'), 'secured', c.relrowsecurity, 'forced', c.relforcerowsecurity,
        'bound', pg_get_expr(c.relpartbound, c.oid), 'inherits', (select coalesce(json_agg(${placed('p.relname', 'p.relnamespace')} order by i.inhseqno), '[]') from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid and not c.relispartition),
        'parent', (select ${placed('p.relname', 'p.relnamespace')} from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid limit 1)) as facts
      from pg_class c where c.relkind in ('r', 'p') and ${relation} order by c.relname`,
    columns: `select json_build_object('table', ${relationName}, 'name', a.attname, 'notNull', a.attnotnull,
        'type', case when t.typtype = 'e' then ${typeName} else t.typname end, 'kind', t.typtype, 'own', t.typnamespace = ${namespace}, 'sql', format_type(a.atttypid, a.atttypmod), 'modifier', a.atttypmod,
        'default', pg_get_expr(d.adbin, d.adrelid), 'generated', a.attgenerated, 'identity', a.attidentity,
        'collation', case when a.attcollation <> t.typcollation and a.attcollation <> 0 then (select quote_ident(l.collname) from pg_collation l where l.oid = a.attcollation) end,
        'comment', col_description(c.oid, a.attnum)) as facts
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition and ${relation}
      order by c.relname, a.attnum`,
    indexes: `select json_build_object('table', ${relationName}, 'name', ic.relname, 'unique', i.indisunique, 'method', am.amname,
        'where', pg_get_expr(i.indpred, i.indrelid), 'keys', i.indnkeyatts, 'nullsNotDistinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
        'elements', (select json_agg(json_build_object('column', a.attname, 'text', pg_get_indexdef(i.indexrelid, k.n::int, true),
            'option', i.indoption[k.n - 1], 'opclass', case when not o.opcdefault then o.opcname end,
            'collation', case when i.indcollation[k.n - 1] <> 0 and i.indcollation[k.n - 1] <> coalesce(a.attcollation, (select typcollation from pg_type where oid = o.opcintype))
              then (select l.collname from pg_collation l where l.oid = i.indcollation[k.n - 1]) end) order by k.n)
          from unnest(i.indkey::int2[]) with ordinality k(num, n)
          left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num and k.num > 0
          left join pg_opclass o on k.n <= i.indnkeyatts and o.oid = i.indclass[k.n - 1])) as facts
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_class ic on ic.oid = i.indexrelid join pg_am am on am.oid = ic.relam
      where i.indisvalid and not c.relispartition and ${relation}
        and not exists (select from pg_constraint x where x.conindid = i.indexrelid and x.contype in ('p', 'u', 'x'))
      order by c.relname, ic.relname`,
    constraints: `select json_build_object('table', ${relationName}, 'name', x.conname, 'kind', x.contype, 'columns', ${columns('x.conkey', 'x.conrelid')},
        'target', (select ${placed('r.relname', 'r.relnamespace')} from pg_class r where r.oid = x.confrelid), 'references', ${columns('x.confkey', 'x.confrelid')},
        'onDelete', x.confdeltype, 'onUpdate', x.confupdtype, 'deferrable', x.condeferrable, 'deferred', x.condeferred, 'valid', x.convalidated,
        'check', case when x.contype = 'c' then pg_get_expr(x.conbin, x.conrelid) end, 'definition', pg_get_constraintdef(x.oid),
        'nullsNotDistinct', coalesce((select (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean from pg_index i where i.indexrelid = x.conindid), false)) as facts
      from pg_constraint x join pg_class c on c.oid = x.conrelid
      where x.contype in ('p', 'u', 'f', 'c', 'x') and not c.relispartition and x.conparentid = 0 and ${relation}
      order by c.relname, x.conname`,
    enums: `select json_build_object('name', ${typeName}, 'schema', ${schemaOf(ofType)}, 'values', json_agg(e.enumlabel order by e.enumsortorder)) as facts
      from pg_type t join pg_enum e on e.enumtypid = t.oid
      where t.typnamespace = ${namespace} and ${notOwned('pg_type', 't.oid')} group by t.oid, t.typname, t.typnamespace order by t.typname`,
    domains: `select json_build_object('name', ${typeName}, 'schema', ${schemaOf(ofType)}, 'base', format_type(t.typbasetype, t.typtypmod), 'notNull', t.typnotnull, 'default', t.typdefault,
        'checks', (select coalesce(json_agg(format('constraint %I %s', x.conname, pg_get_constraintdef(x.oid)) order by x.conname), '[]') from pg_constraint x where x.contypid = t.oid and x.contype = 'c'), 'id', ${numberOf('pg_type', 't.oid')}) as facts
      from pg_type t where t.typtype = 'd' and t.typnamespace = ${namespace} and ${notOwned('pg_type', 't.oid')} order by t.typname`,
    sequences: `select json_build_object('name', ${relationName}, 'schema', ${schemaOf(ofRelation)}, 'type', format_type(s.seqtypid, null), 'start', s.seqstart::text, 'increment', s.seqincrement::text,
        'minimum', s.seqmin::text, 'maximum', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', s.seqcycle,
        'table', ${placed('o.relname', 'o.relnamespace')}, 'column', a.attname) as facts
      from pg_sequence s join pg_class c on c.oid = s.seqrelid
      left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
      left join pg_class o on o.oid = d.refobjid left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where ${relation} and not exists (select from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i') order by c.relname`,
    views: `select json_build_object('name', ${relationName}, 'schema', ${schemaOf(ofRelation)}, 'materialized', c.relkind = 'm', 'query', pg_get_viewdef(c.oid), 'options', array_to_json(c.reloptions),
        'indexes', (select coalesce(json_agg(json_build_object('name', ${placed('ic.relname', 'ic.relnamespace')}, 'definition', pg_get_indexdef(i.indexrelid)) order by ic.relname), '[]') from pg_index i join pg_class ic on ic.oid = i.indexrelid where i.indrelid = c.oid),
        'id', (select ${numberOf('pg_rewrite', 'w.oid')} from pg_rewrite w where w.ev_class = c.oid and w.rulename = '_RETURN')) as facts
      from pg_class c where c.relkind in ('v', 'm') and ${relation} order by c.relname`,
    extensions: `select json_build_object('name', x.extname, 'schema', case when x.extnamespace <> current_schema()::regnamespace then n.nspname end) as facts
      from pg_extension x join pg_namespace n on n.oid = x.extnamespace
      where x.extname <> 'plpgsql' and ${!isTemporary} order by x.extname`,
    types: `select json_build_object('name', ${typeName}, 'schema', ${schemaOf(ofType)}, 'definition', case when t.typtype = 'r'
          then (select format('create type %s as range (subtype = %s%s%s)', ${placedSql('t.typname', ofType)}, format_type(g.rngsubtype, null),
              case when not o.opcdefault then ', subtype_opclass = ' || quote_ident(o.opcname) else '' end,
              case when g.rngsubdiff <> 0 then ', subtype_diff = ' || g.rngsubdiff::regproc else '' end)
            from pg_range g join pg_opclass o on o.oid = g.rngsubopc where g.rngtypid = t.oid)
          else (select format('create type %s as (%s)', ${placedSql('t.typname', ofType)}, coalesce(string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum), ''))
            from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end,
        'id', ${numberOf('pg_type', 't.oid')}, 'rowId', ${numberOf('pg_class', 'nullif(t.typrelid, 0)')}) as facts
      from pg_type t left join pg_class c on c.oid = t.typrelid
      where t.typnamespace = ${namespace} and (t.typtype = 'r' or c.relkind = 'c') and ${notOwned('pg_type', 't.oid')} order by t.typname`,
    aggregates: `select json_build_object('name', ${functionName}, 'schema', ${schemaOf(ofFunction)}, 'arguments', pg_get_function_identity_arguments(p.oid), 'kind', 'a',
        'definition', format('create aggregate %s(%s) (sfunc = %s, stype = %s%s%s%s%s%s)', ${placedSql('p.proname', ofFunction)}, pg_get_function_arguments(p.oid), g.aggtransfn, format_type(g.aggtranstype, null),
          case when g.aggfinalfn <> 0 then ', finalfunc = ' || g.aggfinalfn || case when g.aggfinalextra then ', finalfunc_extra' else '' end else '' end,
          case when g.aggcombinefn <> 0 then ', combinefunc = ' || g.aggcombinefn else '' end,
          case when g.agginitval is not null then ', initcond = ' || quote_literal(g.agginitval) else '' end,
          case when g.aggsortop <> 0 then ', sortop = ' || g.aggsortop::regoperator else '' end,
          case p.proparallel when 's' then ', parallel = safe' when 'r' then ', parallel = restricted' else '' end),
        'needs', (select coalesce(json_agg('function ' || ${placed('f.proname', 'f.pronamespace')} || '(' || pg_get_function_identity_arguments(f.oid) || ')'), '[]') from pg_proc f
          where f.oid in (g.aggtransfn, g.aggfinalfn, g.aggcombinefn) and f.pronamespace = ${namespace})) as facts
      from pg_proc p join pg_aggregate g on g.aggfnoid = p.oid
      where p.pronamespace = ${namespace} and g.aggkind = 'n' and ${notOwned('pg_proc', 'p.oid')} order by p.proname, pg_get_function_identity_arguments(p.oid)`,
    rules: `select json_build_object('table', ${relationName}, 'name', w.rulename, 'definition', pg_get_ruledef(w.oid), 'id', ${numberOf('pg_rewrite', 'w.oid')}) as facts
      from pg_rewrite w join pg_class c on c.oid = w.ev_class where w.rulename <> '_RETURN' and ${relation} order by c.relname, w.rulename`,
    functions: `select json_build_object('name', ${functionName}, 'schema', ${schemaOf(ofFunction)}, 'id', ${numberOf('pg_proc', 'p.oid')}, 'arguments', pg_get_function_identity_arguments(p.oid), 'kind', p.prokind, 'definition', pg_get_functiondef(p.oid)) as facts
      from pg_proc p where p.pronamespace = ${namespace} and p.prokind in ('f', 'p', 'w') and p.proname not like 'mizan\\_%' and ${notOwned('pg_proc', 'p.oid')}
        and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i') order by p.proname, pg_get_function_identity_arguments(p.oid)`,
    triggers: `select json_build_object('table', ${relationName}, 'name', g.tgname, 'definition', pg_get_triggerdef(g.oid),
        'id', ${numberOf('pg_trigger', 'g.oid')}) as facts
      from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_proc p on p.oid = g.tgfoid
      where not g.tgisinternal and g.tgname not like 'mizan\\_%' and g.tgparentid = 0 and ${relation} order by c.relname, g.tgname`,
    policies: `select json_build_object('table', ${relationName}, 'name', p.polname, 'command', p.polcmd, 'permissive', p.polpermissive,
        'roles', (select coalesce(json_agg(r.rolname order by r.rolname), '[]') from pg_roles r where r.oid = any (p.polroles)),
        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
        'id', ${numberOf('pg_policy', 'p.oid')}) as facts
      from pg_policy p join pg_class c on c.oid = p.polrelid where ${relation} order by c.relname, p.polname`,
    dependencies: dependencyQuery(place),
    comments: commentQuery(place),
    grants: grantQuery(place),
  }
}

/** Names of the queries. */
export type QueryName =
  | 'tables'
  | 'columns'
  | 'indexes'
  | 'constraints'
  | 'enums'
  | 'domains'
  | 'sequences'
  | 'views'
  | 'extensions'
  | 'types'
  | 'aggregates'
  | 'rules'
  | 'functions'
  | 'triggers'
  | 'policies'
  | 'dependencies'
  | 'comments'
  | 'grants'
