import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DialectPackage, RunSql } from '@mizan/db'
import {
  findDrift,
  generateMigration,
  introspectDatabase,
  migrateDown,
  migrateLatest,
  onConnection,
  sealMigration,
} from '@mizan/db/migrate'
import { expect, test } from 'vitest'
import { writeBetween } from '../../db/src/migrate/generate.ts'
import { sqlite } from './index.ts'
import { withoutForeignKeys } from './without-foreign-keys.ts'

const tables = [
  // No integer key is its rowid, so the rowid is one of its own.
  'create table parents (code text primary key, size integer)',
  'create index parents_size on parents (size)',
  'create table children (id integer primary key autoincrement, parent text references parents (code) on delete cascade, note text)',
  'create table guests (id integer primary key autoincrement, parent text references parents (code) on delete set null)',
  'create table log (entry text)',
  `create trigger logged after update on parents begin insert into log values ('changed ' || old.code); end`,
  `create trigger child_logged after insert on children begin insert into log select 'child of ' || code from parents where code = new.parent; end`,
  'create view sizes as select code, size from parents',
]
const rows = [
  `insert into parents (rowid, code, size) values (10, 'b', 1), (20, 'a', 2)`,
  `insert into children (parent, note) values ('a', 'x'), ('b', 'y'), ('b', 'z')`,
  `delete from children where note = 'z'`,
  `insert into guests (parent) values ('b')`,
  'delete from log',
]

interface Place extends AsyncDisposable {
  readonly dialect: DialectPackage
  readonly migrations: string
  run: RunSql
}

/** A database with rows, and two migrations: what it has, and one that rebuilds `parents` and `children`. */
async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-rebuild-'))
  const dialect = sqlite({ url: join(folder, 'data.sqlite') })
  const migrations = join(folder, 'migrations')
  const first = sqlite({ url: join(folder, 'first.sqlite') })
  const all = (of: DialectPackage, statements: readonly string[]): Promise<void> =>
    onConnection(of, async ({ run }) => {
      for (const statement of statements) await run(statement)
    })
  await all(first, tables)
  const source = await introspectDatabase(first)
  await writeBetween({ migrations, dialect, name: 'first' }, source)
  await migrateLatest({ migrations, dialect })
  await all(dialect, rows)
  const stricter = Object.entries(source.tables).map(([name, table]) => {
    const source = { parents: 'size < 100', children: 'length(note) < 100' }[name]
    const added = source === undefined ? [] : [{ name: `${name}_small`, source }]
    return [name, { ...table, checks: [...table.checks, ...added] }]
  })
  await writeBetween(
    { migrations, dialect, name: 'stricter' },
    { ...source, tables: Object.fromEntries(stricter) },
  )
  return {
    dialect,
    migrations,
    run: (sql) => onConnection(dialect, ({ run }) => run(sql)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

/** A migration by hand that comes after both. */
async function byHand({ migrations, dialect }: Place, up: string): Promise<void> {
  const made = await generateMigration({
    migrations,
    dialect,
    name: 'by hand',
    schema: {},
    empty: true,
  })
  await writeFile(join(made?.path ?? '', 'up.sql'), up)
  await sealMigration({ migrations, id: made?.id ?? '' })
}

test('a rebuild carries rows of every table, rowids, counters, indexes, views and triggers, both ways', async () => {
  await using made = await place()
  const { run } = made
  for (const migrate of [migrateLatest, migrateDown]) {
    await migrate(made)
    expect(await findDrift(made)).toEqual([])
    expect(await run('select rowid as id, code from parents order by rowid')).toEqual([
      { id: 10, code: 'b' },
      { id: 20, code: 'a' },
    ])
    expect(await run('select id, parent from children order by id')).toEqual([
      { id: 1, parent: 'a' },
      { id: 2, parent: 'b' },
    ])
    expect(await run('select parent from guests')).toEqual([{ parent: 'b' }])
    expect(await run('select code from sizes order by code')).toHaveLength(2)
    expect(await run('select entry from log')).toEqual([])
  }
  await migrateLatest(made)
  expect(await run(`insert into children (parent) values ('a') returning id`)).toEqual([{ id: 4 }])
  await run(`update parents set size = 3 where code = 'b'`)
  expect(await run('select entry from log')).toEqual([
    { entry: 'child of a' },
    { entry: 'changed b' },
  ])
})

test('foreign keys are enforced again after a rebuild: in the steps that follow, and where it failed', async () => {
  await using made = await place()
  await byHand(made, `delete from parents where code = 'a'`)
  await migrateLatest({ ...made, requireProof: false })
  expect(await made.run('select parent from children')).toEqual([{ parent: 'b' }])
  await onConnection(made.dialect, async ({ run }) => {
    const failed = withoutForeignKeys(run, async () => {
      expect(await run('pragma foreign_keys')).toEqual([{ foreign_keys: 0 }])
      throw new RangeError('half-way')
    })
    await expect(failed).rejects.toThrow(RangeError)
    expect(await run('pragma foreign_keys')).toEqual([{ foreign_keys: 1 }])
  })
})

test('rows that referred to nothing before are no reason to refuse a rebuild, new ones are', async () => {
  await using made = await place()
  await onConnection(made.dialect, async ({ run }) => {
    await run('pragma foreign_keys = off')
    await run(`insert into children (parent) values ('nobody')`)
  })
  await migrateLatest(made)
  expect(await made.run('select parent from children order by id')).toHaveLength(3)
  await byHand(made, `-- mizan:step rebuild\ndelete from parents where code = 'b'`)
  await expect(migrateLatest({ ...made, requireProof: false })).rejects.toMatchObject({
    code: 'migration_orphans',
  })
  expect(await made.run(`select code from parents where code = 'b'`)).toHaveLength(1)
})
