/** Views, sequences, domains, functions, triggers, policies and partitions: carried by their own text. */

import { objectKey, type ObjectSnapshot } from '@mizan/db'
import { quote, relation } from '../ddl-texts.ts'
import { type Carried, toComment } from './comments.ts'
import { type Dependencies, dependenciesIn } from './dependencies.ts'
import type { Catalog, PlacedRow, PolicyRow, SequenceRow, TableRow, ViewRow } from './rows.ts'

const routines: Readonly<Record<string, string>> = { p: 'procedure', a: 'aggregate' }

/** All of them, by key. */
export function toObjects(
  catalog: Catalog,
  engine: string,
): Readonly<Record<string, ObjectSnapshot>> {
  const on = dependenciesIn(catalog.dependencies)
  const objects = [
    ...catalog.extensions.map(({ name, schema }) => ({
      kind: 'extension' as const,
      name,
      create: `create extension if not exists ${quote(name)}${schema === null ? '' : ` with schema ${quote(schema)}`}`,
      drop: `drop extension if exists ${quote(name)}`,
      dependsOn: [],
    })),
    ...catalog.types.map(({ name, schema, definition, id, rowId }) => ({
      kind: 'type' as const,
      name,
      ...placeOf({ schema }),
      create: definition,
      drop: `drop type ${nameOf({ name, schema })}`,
      dependsOn: on(id, rowId).needs.filter((key) => key !== `type ${name}`),
    })),
    ...[...catalog.functions, ...catalog.aggregates].map((row) => ({
      kind: 'function' as const,
      name: `${row.name}(${row.arguments})`,
      ...placeOf(row),
      create: row.definition.trim(),
      drop: `drop ${routines[row.kind] ?? 'function'} ${nameOf(row)}(${row.arguments})`,
      ...(row.id === undefined ? { dependsOn: row.needs ?? [] } : parts(on(row.id))),
    })),
    ...catalog.rules.map((row) => ({
      kind: 'rule' as const,
      name: row.name,
      table: row.table,
      create: row.definition.replace(/;$/, ''),
      drop: `drop rule ${quote(row.name)} on ${relation(row.table)}`,
      ...parts(on(row.id)),
    })),
    ...catalog.domains.map((row) => ({
      kind: 'domain' as const,
      name: row.name,
      ...placeOf(row),
      create: [
        `create domain ${nameOf(row)} as ${row.base}`,
        row.default === null ? '' : `default ${row.default}`,
        row.notNull ? 'not null' : '',
        ...row.checks,
      ]
        .filter((part) => part !== '')
        .join(' '),
      drop: `drop domain ${nameOf(row)}`,
      dependsOn: on(row.id).needs.filter((key) => key !== `domain ${row.name}`),
    })),
    ...catalog.sequences.flatMap(toSequence),
    ...catalog.tables.flatMap((row) => toPartition(row, catalog.tables)),
    ...catalog.tables.flatMap(({ name, inherits }) =>
      inherits.map((parent) => ({
        kind: 'inheritance' as const,
        name: parent,
        table: name,
        create: `alter table ${relation(name)} inherit ${relation(parent)}`,
        drop: `alter table ${relation(name)} no inherit ${relation(parent)}`,
        dependsOn: [`table ${parent}`],
      })),
    ),
    ...catalog.views.flatMap((row) => toView(row, on(row.id))),
    ...catalog.triggers.map((row) => ({
      kind: 'trigger' as const,
      name: row.name,
      table: row.table,
      create: row.definition,
      drop: `drop trigger ${quote(row.name)} on ${relation(row.table)}`,
      ...parts(on(row.id)),
    })),
    ...catalog.tables.flatMap(toSecurity),
    ...catalog.policies.map((row) => toPolicy(row, on(row.id))),
    ...catalog.comments.map(toComment),
  ]
  return Object.fromEntries(
    objects
      .map((one): ObjectSnapshot => ({
        ...one,
        create: { source: one.create, deparsed: one.create, engine },
      }))
      .map((one): [string, ObjectSnapshot] => [objectKey(one), one])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function parts({ needs, columns }: Dependencies): Pick<Carried, 'dependsOn' | 'columns'> {
  return { dependsOn: needs, columns }
}

/** Quoted; a dot divides only where there is a schema. */
function nameOf({ name, schema }: PlacedRow): string {
  return schema === null ? quote(name) : relation(name)
}

/** The schema that must be there first. */
function placeOf({ schema }: Pick<PlacedRow, 'schema'>): { readonly schema?: string } {
  return schema === null ? {} : { schema }
}

function toSequence(row: SequenceRow): readonly Carried[] {
  const name = nameOf(row)
  const facts =
    `as ${row.type} increment by ${row.increment} minvalue ${row.minimum} maxvalue ${row.maximum} ` +
    `start with ${row.start} cache ${row.cache}`
  const sequence: Carried = {
    kind: 'sequence',
    name: row.name,
    ...placeOf(row),
    create: `create sequence ${name} ${facts}${row.cycle ? ' cycle' : ''}`,
    alter: `alter sequence ${name} ${facts} ${row.cycle ? 'cycle' : 'no cycle'}`,
    drop: `drop sequence if exists ${name} cascade`,
    dependsOn: [],
  }
  if (row.table === null || row.column === null) return [sequence]
  return [
    sequence,
    {
      kind: 'ownership',
      name: row.name,
      table: row.table,
      create: `alter sequence ${name} owned by ${relation(row.table)}.${quote(row.column)}`,
      drop: `alter sequence ${name} owned by none`,
      dependsOn: [`sequence ${row.name}`],
    },
  ]
}

function toPartition(row: TableRow, tables: readonly TableRow[]): readonly Carried[] {
  if (row.bound === null || row.parent === null) return []
  const further = row.partitionBy === null ? '' : ` partition by ${row.partitionBy}`
  const isTable = tables.some((one) => one.name === row.parent && one.bound === null)
  return [
    {
      kind: 'partition',
      name: row.name,
      ...placeOf(row),
      create: `create table ${nameOf(row)} partition of ${relation(row.parent)} ${row.bound}${further}`,
      drop: `drop table if exists ${nameOf(row)}`,
      dependsOn: [`${isTable ? 'table' : 'partition'} ${row.parent}`],
    },
  ]
}

function toView(row: ViewRow, { needs, columns }: Dependencies): readonly Carried[] {
  const kind = row.materialized ? 'materialized view' : 'view'
  const options = row.options === null ? '' : ` with (${row.options.join(', ')})`
  const create = `create ${kind} ${nameOf(row)}${options} as ${row.query.trim().replace(/;$/, '')}`
  return [
    {
      kind,
      name: row.name,
      ...placeOf(row),
      create,
      drop: `drop ${kind} ${nameOf(row)}`,
      dependsOn: needs.filter((key) => key !== `${kind} ${row.name}`),
      columns,
    },
    ...row.indexes.map((index): Carried => ({
      kind: 'view index',
      name: index.name,
      create: index.definition,
      drop: `drop index ${relation(index.name)}`,
      dependsOn: [`materialized view ${row.name}`],
    })),
  ]
}

function toSecurity(row: TableRow): readonly Carried[] {
  if (!row.secured && !row.forced) return []
  const alter = `alter table ${nameOf(row)}`
  const parts = [
    ...(row.secured ? ['enable row level security'] : []),
    ...(row.forced ? ['force row level security'] : []),
  ]
  return [
    {
      kind: 'security',
      name: 'rows',
      table: row.name,
      create: `${alter} ${parts.join(', ')}`,
      drop: `${alter} disable row level security, no force row level security`,
      dependsOn: [],
    },
  ]
}

const commands: Readonly<Record<string, string>> = {
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
  '*': 'all',
}

function toPolicy(row: PolicyRow, dependencies: Dependencies): Carried {
  const roles = row.roles.length === 0 ? 'public' : row.roles.map(quote).join(', ')
  return {
    kind: 'policy',
    name: row.name,
    table: row.table,
    create: [
      `create policy ${quote(row.name)} on ${relation(row.table)} as ${row.permissive ? 'permissive' : 'restrictive'}`,
      `for ${commands[row.command] ?? 'all'} to ${roles}`,
      row.using === null ? '' : `using (${row.using})`,
      row.check === null ? '' : `with check (${row.check})`,
    ]
      .filter((part) => part !== '')
      .join(' '),
    drop: `drop policy ${quote(row.name)} on ${relation(row.table)}`,
    ...parts(dependencies),
    ...(row.roles.length === 0 ? {} : { roles: row.roles }),
  }
}
