import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  adoptDatabase,
  findDrift,
  generateMigration,
  introspectDatabase,
  migrateDown,
  migrateLatest,
  scratchBeside,
  toSource,
} from '@mizan/db/migrate'
import { postgres as server } from '@mizan/testing/resources'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openTypeChecker } from '../../db/test/type-check.ts'
import { postgres } from './index.ts'
import { livedSchema } from '../test/lived-schema.ts'

const schema = `
create type mood as enum ('calm', 'it''s loud');
create domain positive as integer check (value > 0);
create sequence ticket_numbers start with 100 increment by 5;
create function touch() returns trigger language plpgsql as $$ begin new.changed_at := now(); return new; end $$;
create table people (
  id bigserial primary key,
  "Full Name" character varying not null default 'nobody',
  email text collate "C" not null,
  feeling mood not null default 'calm',
  age positive,
  tags text[] not null default '{}',
  search tsvector generated always as (to_tsvector('simple', email)) stored,
  price numeric(12,3), born date, seen interval, changed_at timestamptz not null default now(),
  ticket integer default nextval('ticket_numbers'),
  constraint people_email_known unique nulls not distinct (email),
  constraint grown check (age is null or age < 150)
);
create index people_search on people using gin (search);
create unique index people_lower on people (lower(email)) where feeling <> 'it''s loud';
create index people_order on people (born desc nulls last, price) include (age);
comment on table people is 'everybody';
comment on column people.email is 'where to write';
create table notes (
  person_id bigint not null, "order" smallint not null generated always as identity, body jsonb,
  primary key (person_id, "order"),
  foreign key (person_id) references people (id) on delete cascade deferrable initially deferred
);
create table events (id bigint not null, at timestamp not null, kind char(3), primary key (id, at)) partition by range (at);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
create table events_rest partition of events default;
create trigger touched before update on people for each row execute function touch();
create view grown_ups as select id, email from people where age > 17;
create materialized view counts as select feeling, count(*) from people group by feeling;
create unique index counts_feeling on counts (feeling);
create view few as select * from grown_ups limit 3;
create extension citext;
create type place as (street text, number integer);
create type spans as range (subtype = numeric);
create table rooms (id integer primary key, name citext, at place, during tsrange, cost spans, exclude using gist (during with &&));
create function room_label(r rooms) returns text language sql immutable as $$ select r.name || '!' $$;
create function first_room() returns setof rooms language sql stable as $$ select * from rooms order by id limit 1 $$;
create function halve(positive) returns integer language plpgsql as $$ declare one rooms%rowtype; begin return $1 / 2; end $$;
create function longer(text, text) returns text language sql immutable as $$ select case when length($1) >= length($2) then $1 else $2 end $$;
create aggregate longest(text) (sfunc = longer, stype = text, initcond = '');
create table papers (id serial primary key, title text not null default 'it''s', constraint short check (length(title) < 99));
create table letters (sent date) inherits (papers);
create table drafts (id integer, note text);
create rule kept as on delete to papers do also insert into drafts (id) values (old.id);
alter table notes enable row level security;
create policy own on notes for select using (person_id = 1);
`

test('a database that lives comes back as source without drift, and a change under its views goes up and down', async () => {
  await using resource = await server()
  const client = new pg.Client(resource.url)
  await client.connect()
  await client.query(schema)
  await client.query(`insert into people (email) values ('a@b'), ('c@d')`)
  const dialect = postgres({ url: resource.url })
  // Inside the workspace, so that the module finds @mizan/db.
  const folder = await mkdtemp(resolve(import.meta.dirname, '../.adopt-'))
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-adopt-'))
  const scratch = scratchBeside(dialect)
  try {
    const source = toSource(await introspectDatabase(dialect))
    const load = async (name: string, text: string): Promise<object> => {
      await writeFile(join(folder, name), text)
      return (await import(pathToFileURL(join(folder, name)).href)) as object // cast: a module namespace
    }
    const module = await load('schema.ts', source.text)
    expect(source.opaque).toEqual(
      expect.arrayContaining([
        'trigger people.touched',
        'view few',
        'partition events_2026',
        'extension citext',
        'type place',
        'type spans',
        'function longest(text)',
        'rule papers.kept',
        'inheritance letters.papers',
      ]),
    )
    const { drift } = await adoptDatabase({ migrations, dialect, schema: module, scratch })
    expect(drift).toEqual([])
    expect(await findDrift({ migrations, dialect })).toEqual([])
    const options = { migrations, dialect, scratch }
    expect(await generateMigration({ ...options, name: 'nothing', schema: module })).toBeUndefined()

    const changed = await load('changed.ts', source.text.replace("native('positive')", 'integer()'))
    await generateMigration({ ...options, name: 'age', schema: changed })
    await migrateLatest({ migrations, dialect })
    expect(await findDrift({ migrations, dialect })).toEqual([])
    await migrateDown({ migrations, dialect })
    expect(await findDrift({ migrations, dialect })).toEqual([])
    expect((await client.query('select email from few')).rows).toEqual([])
    expect((await client.query('select count(*)::int as count from people')).rows).toEqual([
      { count: 2 },
    ])
  } finally {
    await client.end()
    await rm(folder, { recursive: true })
    await rm(migrations, { recursive: true })
  }
})

test('the source of every construct compiles', async () => {
  await using resource = await server()
  await using checker = await openTypeChecker()
  const client = new pg.Client(resource.url)
  await client.connect()
  await client
    .query(`${livedSchema(20)}${schema}`)
    // Before its server ends.
    .finally(() => client.end())
  const { text } = toSource(await introspectDatabase(postgres({ url: resource.url })))
  expect(text).toContain('g1_people')
  const use = `import { createDbClient } from '@mizan/db'
import * as schema from './schema.ts'
import type { DialectPackage } from '@mizan/db'
declare const dialect: DialectPackage
const db = createDbClient({ schema, dialect })
const [row] = await db.selectFrom('papers').select(['id', 'title']).execute()
const title: string | undefined = row?.title
export { title }
`
  const { errors } = await checker.check({ 'schema.ts': text, 'use.ts': use })
  expect([...errors]).toEqual([])
})
