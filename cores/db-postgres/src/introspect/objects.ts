/** Views, sequences, domains, functions, triggers, policies and partitions: carried by their own text. */

import { objectKey, type ObjectSnapshot } from '@mizan/db'
import { quote } from '../ddl-texts.ts'
import type { Catalog, PolicyRow, SequenceRow, TableRow, ViewRow } from './rows.ts'

const routines: Readonly<Record<string, string>> = { p: 'procedure', a: 'aggregate' }

/** All of them, by key. */
export function toObjects(
  catalog: Catalog,
  engine: string,
): Readonly<Record<string, ObjectSnapshot>> {
  const objects = [
    ...catalog.extensions.map(({ name, schema }) => ({
      kind: 'extension' as const,
      name,
      create: `create extension if not exists ${quote(name)}${schema === null ? '' : ` with schema ${quote(schema)}`}`,
      drop: `drop extension if exists ${quote(name)}`,
      dependsOn: [],
    })),
    ...catalog.types.map(({ name, definition, needs }) => ({
      kind: 'type' as const,
      name,
      create: definition,
      drop: `drop type ${quote(name)}`,
      dependsOn: needs.filter((key) => key !== `type ${name}`),
    })),
    ...[...catalog.functions, ...catalog.aggregates].map((row) => ({
      kind: 'function' as const,
      name: `${row.name}(${row.arguments})`,
      create: row.definition.trim(),
      drop: `drop ${routines[row.kind] ?? 'function'} ${quote(row.name)}(${row.arguments})`,
      dependsOn: row.needs,
    })),
    ...catalog.rules.map((row) => ({
      kind: 'rule' as const,
      name: row.name,
      table: row.table,
      create: row.definition.replace(/;$/, ''),
      drop: `drop rule ${quote(row.name)} on ${quote(row.table)}`,
      dependsOn: row.needs,
    })),
    ...catalog.domains.map((row) => ({
      kind: 'domain' as const,
      name: row.name,
      create: [
        `create domain ${quote(row.name)} as ${row.base}`,
        row.default === null ? '' : `default ${row.default}`,
        row.notNull ? 'not null' : '',
        ...row.checks,
      ]
        .filter((part) => part !== '')
        .join(' '),
      drop: `drop domain ${quote(row.name)}`,
      dependsOn: [],
    })),
    ...catalog.sequences.flatMap(toSequence),
    ...catalog.tables.flatMap((row) => toPartition(row, catalog.tables)),
    ...catalog.tables.flatMap(({ name, inherits }) =>
      inherits.map((parent) => ({
        kind: 'inheritance' as const,
        name: parent,
        table: name,
        create: `alter table ${quote(name)} inherit ${quote(parent)}`,
        drop: `alter table ${quote(name)} no inherit ${quote(parent)}`,
        dependsOn: [`table ${parent}`],
      })),
    ),
    ...catalog.views.flatMap(toView),
    ...catalog.triggers.map((row) => ({
      kind: 'trigger' as const,
      name: row.name,
      table: row.table,
      create: row.definition,
      drop: `drop trigger ${quote(row.name)} on ${quote(row.table)}`,
      dependsOn: row.function === null ? [] : [row.function],
    })),
    ...catalog.tables.flatMap(toSecurity),
    ...catalog.policies.map(toPolicy),
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

type Carried = Omit<ObjectSnapshot, 'create'> & { readonly create: string }

function toSequence(row: SequenceRow): readonly Carried[] {
  const name = quote(row.name)
  const facts =
    `as ${row.type} increment by ${row.increment} minvalue ${row.minimum} maxvalue ${row.maximum} ` +
    `start with ${row.start} cache ${row.cache}`
  const sequence: Carried = {
    kind: 'sequence',
    name: row.name,
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
      create: `alter sequence ${name} owned by ${quote(row.table)}.${quote(row.column)}`,
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
      create: `create table ${quote(row.name)} partition of ${quote(row.parent)} ${row.bound}${further}`,
      drop: `drop table if exists ${quote(row.name)}`,
      dependsOn: [`${isTable ? 'table' : 'partition'} ${row.parent}`],
    },
  ]
}

function toView(row: ViewRow): readonly Carried[] {
  const kind = row.materialized ? 'materialized view' : 'view'
  const options = row.options === null ? '' : ` with (${row.options.join(', ')})`
  const create = `create ${kind} ${quote(row.name)}${options} as ${row.query.trim().replace(/;$/, '')}`
  return [
    {
      kind,
      name: row.name,
      create,
      drop: `drop ${kind} ${quote(row.name)}`,
      dependsOn: [...row.needs, ...row.functions],
    },
    ...row.indexes.map((index): Carried => ({
      kind: 'view index',
      name: index.name,
      create: index.definition,
      drop: `drop index ${quote(index.name)}`,
      dependsOn: [`materialized view ${row.name}`],
    })),
  ]
}

function toSecurity(row: TableRow): readonly Carried[] {
  if (!row.secured && !row.forced) return []
  const alter = `alter table ${quote(row.name)}`
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

function toPolicy(row: PolicyRow): Carried {
  const roles = row.roles.length === 0 ? 'public' : row.roles.map(quote).join(', ')
  return {
    kind: 'policy',
    name: row.name,
    table: row.table,
    create: [
      `create policy ${quote(row.name)} on ${quote(row.table)} as ${row.permissive ? 'permissive' : 'restrictive'}`,
      `for ${commands[row.command] ?? 'all'} to ${roles}`,
      row.using === null ? '' : `using (${row.using})`,
      row.check === null ? '' : `with check (${row.check})`,
    ]
      .filter((part) => part !== '')
      .join(' '),
    drop: `drop policy ${quote(row.name)} on ${quote(row.table)}`,
    dependsOn: [],
  }
}
