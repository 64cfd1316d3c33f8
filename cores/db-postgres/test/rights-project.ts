/** A PostgreSQL with roles of its own, and rights on everything that may have some. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Constraint, type DialectPackage, integer, serial, table, text } from '@mizan/db'
import { postgres as server } from '@mizan/testing/resources'
import pg from 'pg'
import { postgres } from '../src/index.ts'

/** The name of a role, and as it stands in SQL. */
export const reader = `it's "quoted" %s $mizan$`
export const quoted = `"${reader.replaceAll('"', '""')}"`

/** Rights on everything that may have some. */
export const lived = `
create role ${quoted}; create role app; create role other;
create type mood as enum ('calm', 'loud');
create type place as (street text);
create domain positive as integer check (value > 0);
create sequence numbers;
create table tasks (id serial primary key, "Full title" text, size positive, feeling mood, at place);
create table counted (id integer generated always as identity primary key, note text);
create table events (at date not null) partition by range (at);
create table events_all partition of events default;
create view titles as select id, "Full title" as title from tasks;
create materialized view sizes as select size from tasks;
create function secret(integer) returns integer language sql as 'select $1';
create function secret(text, integer) returns integer language sql as 'select $2';
create procedure clean() language sql as 'delete from tasks';
create schema audit;
create table audit.entries (id integer);
grant select, insert on tasks to app;
grant update on tasks to app with grant option;
grant select on tasks to public;
grant select (id, "Full title"), update ("Full title") on tasks to ${quoted};
grant update (size) on tasks to other with grant option;
grant usage, select on sequence tasks_id_seq to app;
grant usage on sequence counted_id_seq to ${quoted};
grant usage on sequence numbers to public;
grant select on events, events_all, titles, sizes, audit.entries to app;
grant select (title) on titles to ${quoted};
revoke execute on function secret(text, integer) from public;
grant execute on function secret(text, integer) to app, ${quoted};
revoke execute on procedure clean() from public;
revoke usage on type mood, place, positive from public;
grant usage on type mood to app;
grant usage on schema audit to ${quoted};
grant create on schema audit to app with grant option;
grant usage, create on schema public to ${quoted};
revoke usage on schema public from public;
`

/** The columns of {@link tasksWith}. */
export const columns = { id: serial().primaryKey(), title: text(), size: integer() }
type Columns = Parameters<NonNullable<Parameters<typeof table<'tasks', typeof columns>>[2]>>[0]

/** The table `tasks`, with rights. */
export function tasksWith(constraints: (t: Columns) => Readonly<Record<string, Constraint>>) {
  return table('tasks', columns, constraints)
}

/** A server, a login that may do everything, and a folder for migrations. */
export interface RightsProject extends AsyncDisposable {
  readonly url: string
  readonly client: pg.Client
  readonly dialect: DialectPackage
  readonly migrations: string
  /** Who may do what with a relation, as the server writes it. */
  rightsOn(relation: string): Promise<string>
}

/** Opens one. Roles are the server's, so it is one that nobody else uses. */
export async function rightsProject(): Promise<RightsProject> {
  const resource = await server({ settings: {} })
  const client = new pg.Client(resource.url)
  await client.connect()
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-grants-'))
  return {
    url: resource.url,
    client,
    dialect: postgres({ url: resource.url }),
    migrations,
    async rightsOn(relation) {
      const { rows } = await client.query<{ rights: string }>(
        'select relacl::text as rights from pg_class where relname = $1',
        [relation],
      )
      return rows[0]?.rights ?? ''
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await rm(migrations, { recursive: true })
      await resource[Symbol.asyncDispose]()
    },
  }
}
