/** Objects as PostgreSQL writes them. */

import { parseIdentity } from '../../snapshot/identity.ts'
import type { ObjectSnapshot } from '../../snapshot/snapshot.ts'
import type { Drafted } from './objects.conformance.ts'

/** Views and materialized views, views over them, policies and triggers, with comments. */
export function postgresObjects(drafted: readonly Drafted[]): readonly ObjectSnapshot[] {
  const objects = drafted.flatMap(objectsOf)
  return objects.some(({ kind }) => kind === 'trigger') ? [touch, ...objects] : objects
}

function objectsOf(draft: Drafted): readonly ObjectSnapshot[] {
  if (draft.kind === 4) return [triggerOf(draft)]
  if (draft.kind === 5) return [policyOf(draft)]
  const isStored = draft.kind === 2 || draft.kind === 3
  const view = viewOf(draft, isStored ? 'materialized view' : 'view')
  if (draft.kind % 2 === 0) return [view]
  return [view, overOf(draft, view), commentOn(draft, view)]
}

const touch = object({
  kind: 'function',
  name: 'touch()',
  create: `CREATE OR REPLACE FUNCTION public.touch()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$ begin return new; end $function$`,
  drop: 'drop function "touch"()',
  dependsOn: [],
  columns: {},
})

function viewOf(
  { name, table, columns }: Drafted,
  kind: 'view' | 'materialized view',
): ObjectSnapshot {
  const list = columns.map((one) =>
    one.name === one.shown ? plain(one.name) : `${plain(one.name)} AS ${plain(one.shown)}`,
  )
  return object({
    kind,
    name,
    create: `create ${kind} "${name}" as SELECT ${list.join(',\n    ')}\n   FROM ${relation(table.name)}`,
    drop: `drop ${kind} "${name}"`,
    dependsOn: [`table ${table.name}`],
    columns: { [table.name]: columns.map((one) => one.name).toSorted() },
  })
}

function overOf({ name }: Drafted, { kind }: ObjectSnapshot): ObjectSnapshot {
  return object({
    kind: 'view',
    name: `${name}_over`,
    create: `create view "${name}_over" as SELECT id\n   FROM ${name}`,
    drop: `drop view "${name}_over"`,
    dependsOn: [`${kind} ${name}`],
    columns: {},
  })
}

function commentOn({ name }: Drafted, { kind }: ObjectSnapshot): ObjectSnapshot {
  const create = `comment on ${kind} "${name}" is 'it''s ${name}'`
  return {
    ...object({
      kind: 'comment',
      name: `on ${kind} ${name}`,
      create,
      drop: `comment on ${kind} "${name}" is null`,
      dependsOn: [`${kind} ${name}`],
    }),
    alter: create,
  }
}

function triggerOf({ name, table, columns }: Drafted): ObjectSnapshot {
  const own = columns.map((one) => one.name)
  const { schema = 'public', name: bare } = parseIdentity(table.name)
  return object({
    kind: 'trigger',
    name,
    table: table.name,
    create: `CREATE TRIGGER ${name} BEFORE UPDATE OF ${own.map(plain).join(', ')} ON ${plain(schema)}.${plain(bare)} FOR EACH ROW EXECUTE FUNCTION touch()`,
    drop: `drop trigger "${name}" on ${quoted(table.name)}`,
    dependsOn: ['function touch()', `table ${table.name}`],
    columns: { [table.name]: own.toSorted() },
  })
}

function policyOf({ name, table, columns }: Drafted): ObjectSnapshot {
  const own = columns.at(-1)?.name ?? 'id'
  return object({
    kind: 'policy',
    name,
    table: table.name,
    create: `create policy "${name}" on ${quoted(table.name)} as permissive for all to public using ((${plain(own)} IS NOT NULL))`,
    drop: `drop policy "${name}" on ${quoted(table.name)}`,
    dependsOn: [`table ${table.name}`],
    columns: { [table.name]: [own] },
  })
}

function object({
  create,
  ...rest
}: Omit<ObjectSnapshot, 'create'> & { readonly create: string }): ObjectSnapshot {
  return { ...rest, create: { source: create, deparsed: create } }
}

/** Quoted only where it must be. */
function plain(name: string): string {
  return /^[a-z_]+$/.test(name) && name !== 'select' ? name : `"${name}"`
}

function relation(identity: string): string {
  const { schema, name } = parseIdentity(identity)
  return schema === undefined ? plain(name) : `${plain(schema)}.${plain(name)}`
}

function quoted(identity: string): string {
  const { schema, name } = parseIdentity(identity)
  return schema === undefined ? `"${name}"` : `"${schema}"."${name}"`
}
