/** Where things are, and how the catalog queries name them. */

import { quoteText } from '@mizan/db'
import { quote } from '../ddl-texts.ts'

/** Where the objects are. */
export interface Namespace {
  /** What stands after `=` and before a schema's number. */
  readonly sql: string
  readonly isTemporary: boolean
}

/** The schema that is searched first, and schemas with names; those that are not there have nothing. */
export function namespaceOf(schemas: readonly string[]): Namespace {
  const own = 'current_schema()::regnamespace'
  if (schemas.length === 0) return { sql: own, isTemporary: false }
  const others = schemas.map((name) => `to_regnamespace(${quoteText(quote(name))})`)
  return { sql: `any (array[${[own, ...others].join(', ')}]::oid[])`, isTemporary: false }
}

/** The temporary schema of a session. */
export const temporaryNamespace: Namespace = Object.freeze({
  sql: 'pg_my_temp_schema()',
  isTemporary: true,
})

/** A name, behind that of its schema unless that is the one that is searched first. */
export const placed = (name: string, schema: string): string =>
  `(case when ${schema} in (current_schema()::regnamespace, pg_my_temp_schema()) then '' else (select nspname || '.' from pg_namespace where oid = ${schema}) end || ${name})`

/** The same, quoted for SQL. */
export const placedSql = (name: string, schema: string): string =>
  `(case when ${schema} in (current_schema()::regnamespace, pg_my_temp_schema()) then '' else ${schema}::regnamespace || '.' end || quote_ident(${name}))`

/** The schema of something, where it is not the one that is searched first. */
export const schemaOf = (schema: string): string =>
  `(select nspname from pg_namespace where oid = ${schema} and oid not in (current_schema()::regnamespace, pg_my_temp_schema()))`

/** Objects of extensions belong to them; `mizan_` is ours. */
export const notOwned = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`
