/** Every kind of statement that changes rows tells at least what it has changed, on each database. */

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createDbClient, type DataScope, everythingTag } from '../src/index.ts'
import { dialects } from './dialects.ts'
import { createNotes, lists, notes, type NotesDatabase, schema } from './notes-app.ts'

type Name = 'postgres' | 'sqlite' | 'mysql'
type Run = (db: NotesDatabase) => Promise<unknown>

const all: readonly Name[] = ['postgres', 'sqlite', 'mysql']
const raw =
  (text: string): Run =>
  (db) =>
    sql.raw(text).execute(db)

/** Two lists, one note in the first: each statement changes the notes of the one, of the other, or of both. */
const kinds: readonly (readonly [name: string, on: readonly Name[], run: Run])[] = [
  [
    'insert … select',
    all,
    (db) =>
      db
        .insertInto('notes')
        .columns(['listId', 'body'])
        .expression((eb) =>
          eb.selectFrom('lists').select((from) => ['lists.id', from.val('copied').as('body')]),
        )
        .execute(),
  ],
  [
    'insert … select … on conflict do update',
    ['postgres', 'sqlite'],
    (db) =>
      db
        .insertInto('notes')
        .columns(['id', 'listId', 'body'])
        .expression((eb) =>
          eb.selectFrom('notes').select(['id', 'listId', 'body']).where('id', '>', 0),
        )
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ listId: 2 }))
        .execute(),
  ],
  [
    'insert … on duplicate key update',
    ['mysql'],
    (db) =>
      db
        .insertInto('notes')
        .values({ id: 1, listId: 1, body: 'old' })
        .onDuplicateKeyUpdate({ listId: 2 })
        .execute(),
  ],
  [
    'replace into',
    ['sqlite', 'mysql'],
    (db) => db.replaceInto('notes').values({ id: 1, listId: 2, body: 'other' }).execute(),
  ],
  [
    'with … as (insert … returning)',
    ['postgres'],
    (db) =>
      db
        .with('made', (tx) =>
          tx.insertInto('notes').values({ listId: 2, body: 'made' }).returning('id'),
        )
        .selectFrom('made')
        .selectAll()
        .execute(),
  ],
  [
    'with … as (update … returning) insert',
    ['postgres'],
    (db) =>
      db
        .with('moved', (tx) => tx.updateTable('notes').set({ listId: 2 }).returning('id'))
        .insertInto('notes')
        .values({ listId: 1, body: 'instead' })
        .execute(),
  ],
  [
    'with … as (delete … returning), by hand',
    ['postgres'],
    raw('with gone as (delete from notes returning id) select * from gone'),
  ],
  [
    'update … from',
    ['postgres', 'sqlite'],
    (db) =>
      db
        .updateTable('notes')
        .from('lists')
        .set((eb) => ({ listId: eb.ref('lists.id') }))
        .where('lists.name', '=', 'second')
        .execute(),
  ],
  [
    'update of joined tables',
    ['mysql'],
    (db) =>
      db
        .updateTable(['notes', 'lists'])
        .set({ listId: 2 })
        .whereRef('notes.listId', '=', 'lists.id')
        .execute(),
  ],
  [
    'update … limit',
    ['mysql'],
    (db) => db.updateTable('notes').set({ listId: 2 }).orderBy('id').limit(1).execute(),
  ],
  [
    'update by an expression',
    all,
    (db) =>
      db
        .updateTable('notes')
        .set((eb) => ({ listId: eb('listId', '+', 1) }))
        .execute(),
  ],
  [
    'update by a fragment of SQL',
    all,
    (db) =>
      db
        .updateTable('notes')
        .set({ listId: sql<number>`1 + 1` })
        .execute(),
  ],
  [
    'delete … using',
    ['postgres'],
    (db) =>
      db.deleteFrom('notes').using('lists').whereRef('notes.listId', '=', 'lists.id').execute(),
  ],
  [
    'delete of joined tables',
    ['mysql'],
    (db) =>
      db
        .deleteFrom('notes')
        .using('notes')
        .innerJoin('lists', 'lists.id', 'notes.listId')
        .where('lists.id', '=', 1)
        .execute(),
  ],
  [
    'delete of a parent, that cascades',
    all,
    (db) => db.deleteFrom('lists').where('id', '=', 1).execute(),
  ],
  [
    'merge, by hand',
    ['postgres'],
    raw(
      'merge into notes using lists on notes.list_id = lists.id when matched then update set list_id = 2',
    ),
  ],
  [
    'merge',
    ['postgres'],
    (db) =>
      db
        .mergeInto('notes')
        .using('lists', (join) => join.on(sql<boolean>`notes.list_id = lists.id`))
        .whenMatched()
        .thenDelete()
        .execute(),
  ],
  ['truncate', ['postgres', 'mysql'], raw('truncate table notes')],
  ['copy', ['postgres'], raw(`copy notes (list_id, body) from program 'printf "1\\tcopied\\n"'`)],
  ['update, by hand', all, raw('update notes set list_id = 2')],
  [
    'insert, by hand in a query of rows',
    all,
    raw(`insert into notes (list_id, body) select id, 'by hand' from lists`),
  ],
]

describe.each(dialects)('%s:', (_name, open) => {
  test('what a statement changes shares a tag with every read that sees it', async () => {
    await using opened = await open()
    const { dialect } = opened
    await createNotes(dialect)
    await using plain = createDbClient({ schema, dialect })
    let scope: DataScope | undefined
    await using db = createDbClient({ schema, dialect, scope: () => scope })
    const observe = async (work: () => Promise<unknown>) => {
      const reads = new Set<string>()
      const writes = new Set<string>()
      scope = {
        principal: () => undefined,
        transaction: undefined,
        signal: undefined,
        observe(seen) {
          for (const tag of seen.reads) reads.add(tag)
          for (const tag of seen.writes) writes.add(tag)
        },
      }
      const result = await work().finally(() => (scope = undefined))
      return { result, reads, writes }
    }
    const looks: readonly Run[] = [
      (on) => on.selectFrom('notes').selectAll().orderBy('id').execute(),
      ...[1, 2].flatMap((id): Run[] => [
        (on) => on.selectFrom('notes').selectAll().where('listId', '=', id).orderBy('id').execute(),
        (on) => on.selectFrom('notes').selectAll().where('id', '=', id).execute(),
        (on) =>
          on
            .selectFrom('lists')
            .leftJoin('notes', 'notes.listId', 'lists.id')
            .select(['lists.name', 'notes.body'])
            .where('lists.id', '=', id)
            .orderBy('notes.id')
            .execute(),
        (on) =>
          on
            .selectFrom('notes')
            .select('id')
            .where('listId', 'in', [id, 7])
            .orderBy('id')
            .execute(),
      ]),
    ]
    for (const [name, on, run] of kinds) {
      if (!on.some((one) => one === dialect.name)) continue
      await plain.deleteFrom('notes').execute()
      await plain.deleteFrom('lists').execute()
      await plain
        .insert(lists)
        .values([1, 2, 3].map((id) => ({ id, name: id === 2 ? 'second' : 'other' })))
        .execute()
      await plain.insert(notes).values({ id: 1, listId: 1, body: 'old' }).execute()
      const before = []
      for (const look of looks) before.push(await observe(() => look(db)))
      const { writes } = await observe(() => run(db))
      let changed = 0
      for (const [at, look] of looks.entries()) {
        const { result, reads } = before[at] ?? expect.unreachable()
        if (JSON.stringify(await look(plain)) === JSON.stringify(result)) continue
        changed += 1
        const met = [...reads].some((tag) => writes.has(tag)) || writes.has(everythingTag)
        expect([name, at, [...reads], [...writes], met]).toEqual([
          name,
          at,
          [...reads],
          [...writes],
          true,
        ])
      }
      expect([name, changed > 0]).toEqual([name, true])
    }
  })
})
