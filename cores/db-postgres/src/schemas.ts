/** Schemas with names: made when something needs them, dropped when nothing is in them. */

import { parseIdentity, quoteText } from '@mizan/db'
import { block } from './block.ts'
import { quote, relation } from './ddl-texts.ts'

/** What is not marked with it was there before us, and stays. */
const marker = 'made by mizan'

/** Makes a schema, unless it is there: somebody with more rights may have made it. */
export function createSchema(name: string): readonly string[] {
  return [
    block(`begin
  if to_regnamespace(${quoteText(quote(name))}) is null then
    create schema ${quote(name)};
    comment on schema ${quote(name)} is ${quoteText(marker)};
  end if;
end`),
  ]
}

/** Drops a schema that {@link createSchema} made; what others put into it keeps it. */
export function dropSchema(name: string): readonly string[] {
  return [
    block(`begin
  if obj_description(to_regnamespace(${quoteText(quote(name))}), 'pg_namespace') = ${quoteText(marker)} then
    drop schema ${quote(name)};
  end if;
exception when dependent_objects_still_exist then null;
end`),
  ]
}

/**
 * A table's new name, its new schema, or both; its indexes, constraints and sequences go with it. Back to no schema with a
 * name is back to where the connection looks first.
 */
export function renameTable(from: string, to: string): readonly string[] {
  const [old, now] = [parseIdentity(from), parseIdentity(to)]
  const rename = (table: string): string => `alter table ${table} rename to ${quote(now.name)}`
  const renamed = old.name === now.name ? [] : [rename(relation(from))]
  if (old.schema === now.schema) return renamed
  const between = old.schema === undefined ? now.name : `${old.schema}.${now.name}`
  if (now.schema !== undefined)
    return [...renamed, `alter table ${relation(between)} set schema ${quote(now.schema)}`]
  // SET SCHEMA takes a name only, and which schema is searched first is known to the connection.
  const text = `format('alter table %s set schema %I', ${quoteText(relation(between))}, current_schema())`
  return [...renamed, block(`begin execute ${text}; end`)]
}
